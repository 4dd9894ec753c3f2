/** What the plugins share; a plugin that wants it requires `ITrackbook`. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import type { Api } from './api';
import type { Feeds } from './feed';
import type { Settings } from './settings';
import type { Stores } from './stores';

export interface ITrackbook {
  readonly api: Api;
  /** News of a store; one connection a store, however many listen. */
  readonly feeds: Feeds;
  /** Which store belongs to the notebook in front. */
  readonly stores: Stores;
  readonly settings: Settings;
  /** Words for the reader: `trans.__('…')`. */
  readonly trans: TranslationBundle;
}

export const ITrackbook = new Token<ITrackbook>(
  'trackbook-lab:ITrackbook',
  'Runs and registered models of the store that belongs to the notebook in front.',
);
