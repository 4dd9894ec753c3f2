/** Tells when a tracked cell has ended that took long: JupyterLab's notification, and the browser's where it is wished. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification as Notice } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITrackbook } from '../token';
import { OPEN_RUN } from './commands';
import { EndWatch, type News, newsOf } from './news';
import { INotebookRuns } from './open_notebooks';

export const notify: JupyterFrontEndPlugin<void> = {
  id: 'trackbook-lab:notify',
  description: 'Tells when a tracked cell has ended that took long.',
  autoStart: true,
  requires: [ITrackbook, INotebookRuns],
  activate: (app: JupyterFrontEnd, core: ITrackbook, notebooks: INotebookRuns): void => {
    notebooks.each((panel, runs) => {
      const ends = new EndWatch();
      runs.changed.connect(() => {
        const { notifyAfter } = core.settings.wishes;
        for (const run of ends.look(runs.last(), notifyAfter > 0 ? notifyAfter : Number.POSITIVE_INFINITY)) {
          tell(newsOf(run, core.trans), core, panel, () => {
            void app.commands.execute(OPEN_RUN, { store: runs.store, runId: run.id });
          });
        }
      });
    });
  },
};

function tell(news: News, { trans, settings }: ITrackbook, panel: NotebookPanel, show: () => void): void {
  const actions: Notice.IAction[] = [{ label: trans.__('Show'), callback: show }];
  const wishes = settings.wishes.notifyBrowser && 'Notification' in window;
  if (wishes && window.Notification.permission === 'default') {
    // A browser asks its user only where a press led to it.
    actions.push({
      label: trans.__('Also outside of this page'),
      callback: () => void window.Notification.requestPermission(),
    });
  }
  Notice.emit(news.text, news.tone, { autoClose: news.tone === 'error' ? false : 8000, actions });
  if (wishes && window.Notification.permission === 'granted' && document.hidden) {
    const outside = new window.Notification(panel.title.label, { body: news.text, tag: news.runId });
    outside.addEventListener('click', () => {
      window.focus();
      outside.close();
      show();
    });
  }
}
