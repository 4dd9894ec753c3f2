// Builds everything again whenever a source changes; JupyterLab shows it when the page is loaded again.
import { spawn } from 'node:child_process';

const watching = [
  ['node', 'build.mjs', '--watch'],
  ['tsc', '-p', 'tsconfig.lab.json', '--watch', '--preserveWatchOutput'],
  ['jupyter-builder', 'watch', '.'],
].map(([command, ...words]) => spawn(command, words, { stdio: 'inherit', shell: process.platform === 'win32' }));
for (const each of watching) {
  each.on('exit', (code) => {
    for (const other of watching) other.kill();
    process.exitCode ||= code ?? 1;
  });
}
