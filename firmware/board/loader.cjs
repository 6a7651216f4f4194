#!/usr/bin/env node
// Starts slipsafe.js beside it, from the form that V8 compiled when the bundle was staged, if that is there: it saves a
// sixth of the start. V8 takes it only where its own version and settings are those that made it.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, 'slipsafe.js');
const cache = join(__dirname, 'slipsafe.v8');
const making = process.argv[2] === '--compile';

let cachedData;
try {
  if (!making) cachedData = readFileSync(cache);
} catch {
  // It was not made: the start takes a little longer.
}
// Its first line is for the shell: here it becomes a comment. The bundler leaves nothing but ASCII in it.
const source = `(function (require, module, exports, __dirname, __filename) {//${readFileSync(filename, 'latin1')}\n})`;
const script = new Script(source, { filename, cachedData });
if (making) {
  // V8 compiles a function when it is first called: what a start calls is compiled after one, and kept at its end.
  process.argv[2] = 'rehearse';
  process.on('exit', () => writeFileSync(cache, script.createCachedData(), { flush: true }));
  setTimeout(() => process.exit(1), 20_000).unref();
}
script.runInThisContext()(require, module, exports, __dirname, filename);
