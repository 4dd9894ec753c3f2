// What is built depends on the sources alone. By default the numbers of modules, and with them the short names that the
// minifier deals out, depend on the folder that the tree lies in: two people's wheels would differ.
const { rspack } = require('@rspack/core');

module.exports = {
  optimization: {
    moduleIds: 'natural',
    chunkIds: 'natural',
    minimizer: [new rspack.SwcJsMinimizerRspackPlugin({ minimizerOptions: { mangle: false } })],
  },
};
