import './base.css';
import './sidebar.css';
import './side_dialog.css';
import './side_tree.css';
import './code_diff.css';
import './notebook.css';
import './panels.css';
