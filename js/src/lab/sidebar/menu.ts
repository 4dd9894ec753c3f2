/** A menu of JupyterLab's kind, made for once: what is in it is gone when it closes. */
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

export interface MenuItem {
  text: string;
  /** As `?` lists it; empty for none. */
  key?: string;
  act(): void;
}

/** null draws a line between groups. */
export type MenuItems = readonly (MenuItem | null)[];

export function openMenu(items: MenuItems, at: { x: number; y: number }): void {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  menu.addClass('tb-SideMenu');
  items.forEach((item, place) => {
    if (item === null) {
      menu.addItem({ type: 'separator' });
      return;
    }
    const command = `item-${place}`;
    commands.addCommand(command, { label: item.text, execute: () => item.act() });
    if (item.key) commands.addKeyBinding({ command, keys: [item.key], selector: '.tb-SideMenu' });
    menu.addItem({ command });
  });
  // Lumino tells of the closing before it executes what was chosen.
  menu.aboutToClose.connect(() => window.setTimeout(() => menu.dispose()));
  menu.open(at.x, at.y);
}
