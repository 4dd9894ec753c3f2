/** A live panel in the page: head, charts, choice of metrics, foot; drawn when something changed, and not more often. */
import type { Facts, Request } from '../contract/live';
import type { LiveModel } from '../lib/live_model';
import { element } from './elements';
import { type LiveChart, liveChart } from './live_chart';
import { liveChoice } from './live_choice';
import { liveFoot } from './live_foot';
import { liveHead } from './live_head';
import { notice } from './notice';

export interface LivePanel {
  readonly node: HTMLElement;
  dispose(): void;
}

/** Milliseconds after which a kernel that has not answered counts as one that cannot hear during a cell. */
const PATIENCE = 4000;

export function livePanel(live: LiveModel, ask: (request: Request) => void): LivePanel {
  const said = notice();
  const head = liveHead(ask, (text) => said.show(text));
  const grid = element('div', { class: 'tb-LiveGrid' });
  const foot = liveFoot();
  const choice = liveChoice(live);
  const log = element('input', { type: 'checkbox' });
  const logLabel = element('label', { class: 'tb-LiveLog' }, log, element('span', { text: 'log y' }));
  const tools = element('div', { class: 'tb-LiveTools' }, choice.node, element('span', { class: 'tb-gap' }), logLabel);
  const empty = element('div', { class: 'tb-LiveEmpty' });
  const node = element(
    'section',
    { class: 'tb-Panel tb-Live', 'aria-label': 'live run' },
    empty,
    head.node,
    said.node,
    tools,
    grid,
    foot.node,
  );
  const charts = new Map<string, LiveChart>();
  const bornAt = performance.now();
  let answered = '';
  let wasRunning = false;
  let wanted = 0;

  log.addEventListener('change', () => {
    live.logY = log.checked;
    live.changed();
  });

  function draw(): void {
    wanted = 0;
    const facts = live.facts;
    const isEmpty = !facts || facts.runId === '';
    showEmpty(empty, facts);
    for (const part of [head.node, tools, grid, foot.node]) part.hidden = isEmpty;
    if (!facts || isEmpty) return;
    const now = performance.now();
    head.show(facts, live.elapsed(now));
    foot.show(facts, !facts.heard && now - bornAt > PATIENCE);
    if (live.answer !== answered) {
      answered = live.answer;
      said.show(answered, 'done');
    } else if (wasRunning && facts.status !== 'RUNNING') {
      said.clear(); // what was asked for has happened
    }
    wasRunning = facts.status === 'RUNNING';
    log.checked = live.logY;
    choice.show();
    tools.hidden = live.series.length === 0;
    drawCharts();
  }
  function drawCharts(): void {
    const drawn = live.charts();
    for (const [name, chart] of charts) {
      if (!drawn.has(name)) {
        chart.node.remove();
        charts.delete(name);
      }
    }
    grid.dataset.many = String(drawn.size > 6);
    for (const [name, some] of drawn) {
      let chart = charts.get(name);
      if (!chart) {
        chart = liveChart(name);
        charts.set(name, chart);
        grid.append(chart.node);
      }
      chart.show(some, live.logY);
    }
    grid.dataset.note =
      live.series.length === 0 ? 'No metric yet: tb.log_metric("loss", value) makes the first curve.' : '';
  }
  /** At most once a frame, however much comes. */
  function later(): void {
    if (wanted === 0) wanted = requestAnimationFrame(draw);
  }
  const unwatch = live.watch(later);
  const clock = window.setInterval(() => {
    if (live.facts?.status === 'RUNNING') head.tick(live.elapsed(performance.now()));
    if (live.facts && !live.facts.heard) later();
  }, 1000);
  const sizes = new ResizeObserver(later);
  sizes.observe(grid);
  const themes = new MutationObserver(later);
  themes.observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-jp-theme-name', 'data-jp-theme-light'],
  });
  later();
  return {
    node,
    dispose: () => {
      unwatch();
      window.clearInterval(clock);
      sizes.disconnect();
      themes.disconnect();
      cancelAnimationFrame(wanted);
    },
  };
}

function showEmpty(node: HTMLElement, facts: Facts | null): void {
  node.hidden = facts !== null && facts.runId !== '';
  if (node.hidden) return;
  const words = element('div', { text: facts?.empty ?? 'Looking for a run…' });
  node.replaceChildren(words);
  if (facts)
    node.append(
      element('pre', { text: '%%track --live\nfor epoch in tb.loop(range(50)):\n    tb.log_metric("loss", …)' }),
    );
}
