// The folder of this file: one spelling for the sources, which run as ES modules, and for the package, which is CommonJS.
exports.here = __dirname;
