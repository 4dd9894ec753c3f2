/** Fills the lines of the side bar; every text as text, whatever it holds. */
import type { RunLine, VersionLine } from '../../contract/lab';
import type { Cell } from '../../contract/table';
import { heightsOf } from '../../lib/heights';
import { number } from '../../lib/numbers';
import type { Line } from '../../lib/side_tree';
import { modelStanding, runHover, stageOf, standing, versionHover } from '../../lib/side_words';
import type { Trans } from '../../lib/trans';
import { element } from '../../parts/elements';
import { spark } from '../../parts/spark';

const SPARK = { width: 44, height: 14 };
const ARROWS: Record<number, string> = { 1: '▲', [-1]: '▼' };

/** run: what is known of a run's line. */
export function fillLine(node: HTMLElement, line: Line, run: RunLine | undefined, trans: Trans): void {
  switch (line.kind) {
    case 'runs':
    case 'models': {
      const name = line.kind === 'runs' ? trans.__('Runs') : trans.__('Models');
      fillFolder(node, name, line.open, line.count === null ? '' : number(line.count));
      return;
    }
    case 'experiment': {
      const running = line.running > 0 ? `${trans._n('%1 running', '%1 running', line.running, line.running)} · ` : '';
      fillFolder(node, line.name, line.open, running + number(line.runs));
      node.title = line.name;
      return;
    }
    case 'model':
      fillFolder(node, line.name, line.open, modelStanding(line.versions));
      node.title = `${line.name}\n${trans._n('%1 version', '%1 versions', line.count, number(line.count))}`;
      return;
    case 'version':
      fillVersion(node, line.version, trans);
      return;
    case 'more':
      node.append(element('span', { class: 'tb-quiet', text: trans.__('%1 more…', number(line.count)) }));
      return;
    case 'run':
      if (run) fillRun(node, run, trans);
      else node.append(element('span', { class: 'tb-quiet', text: '…' }));
  }
}

function fillFolder(node: HTMLElement, name: string, isOpen: boolean | null, aside: string): void {
  node.append(
    element('span', { class: 'tb-Twisty', text: isOpen ? '▾' : '▸', 'aria-hidden': 'true' }),
    element('span', { class: 'tb-Name', text: name }),
    element('span', { class: 'tb-Aside tb-quiet', text: aside }),
  );
}

function fillRun(node: HTMLElement, run: RunLine, trans: Trans): void {
  node.title = runHover(run, Date.now() / 1000, trans);
  node.dataset.status = run.status;
  if (run.deleted) node.classList.add('tb-deleted');
  const mark = element('span', { class: 'tb-Mark', text: run.status === 'RUNNING' ? '●' : run.star ? '★' : '' });
  if (run.star) mark.setAttribute('aria-label', trans.__('starred'));
  node.append(mark, element('span', { class: 'tb-Name', text: run.name }));
  if (run.note) node.append(element('span', { class: 'tb-Note tb-quiet', text: '✎', title: run.note }));
  const [first] = run.badges;
  if (first) {
    const more = run.badges.length > 1 ? ` +${run.badges.length - 1}` : '';
    node.append(element('span', { class: 'tb-Honest', text: `⚠ ${first.text}${more}` }));
  }
  const words = standing(run, trans);
  if (words) node.append(element('span', { class: 'tb-Standing', text: words }));
  if (run.course.length > 1) node.append(spark(heightsOf(run.course), SPARK.width, SPARK.height));
  if (run.metric) node.append(...metric(run.metric.cell));
}

function metric(cell: Cell): Node[] {
  const value = element('span', { class: 'tb-Value', text: cell.t ?? '' });
  if (!cell.d) return [value];
  const words = `${ARROWS[cell.a ?? 0] ?? ''}${cell.d}`;
  return [element('span', { class: `tb-Delta tb-${cell.c ?? 'quiet'}`, text: words }), value];
}

function fillVersion(node: HTMLElement, version: VersionLine, trans: Trans): void {
  node.title = versionHover(version, Date.now() / 1000, trans);
  if (version.deleted) node.classList.add('tb-deleted');
  const stage = stageOf(version, trans);
  node.append(
    element('span', { class: 'tb-Mark' }),
    element('span', { class: 'tb-Name', text: `v${version.version}` }),
  );
  if (stage) node.append(element('span', { class: 'tb-Stage', 'data-stage': stage, text: stage }));
  for (const alias of version.aliases) node.append(element('span', { class: 'tb-Alias', text: `@${alias}` }));
  node.append(element('span', { class: 'tb-Aside tb-quiet', text: version.runName }));
}
