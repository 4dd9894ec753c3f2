"""What several runs look like side by side: figures as plotly's JSON, differences as rows."""
