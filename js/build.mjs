// Bundles each widget into one file that Python ships: src/trackbook/widgets/static/NAME.js, and NAME.css beside it.
import { readdirSync } from 'node:fs';
import { context } from 'esbuild';

const scripts = readdirSync('src/widgets').map((file) => `src/widgets/${file}`);
const styles = readdirSync('style')
  .filter((file) => file.endsWith('.css'))
  .map((file) => `style/${file}`);
const build = await context({
  entryPoints: [...scripts, ...styles],
  entryNames: '[name]',
  outdir: '../src/trackbook/widgets/static',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  logLevel: 'info',
});
if (process.argv.includes('--watch')) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
}
