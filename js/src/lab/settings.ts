/** What the user set in JupyterLab's settings editor: schema/plugin.json, typed. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { type ISignal, Signal } from '@lumino/signaling';
import { DEFAULTS, settingsOf, type Wishes } from '../lib/lab_settings';

export class Settings {
  private now: Wishes = DEFAULTS;
  private readonly told = new Signal<this, Wishes>(this);

  get wishes(): Wishes {
    return this.now;
  }

  get changed(): ISignal<this, Wishes> {
    return this.told;
  }

  follow(loaded: ISettingRegistry.ISettings): void {
    const read = (): void => {
      this.now = settingsOf(loaded.composite);
      this.told.emit(this.now);
    };
    loaded.changed.connect(read);
    read();
  }
}
