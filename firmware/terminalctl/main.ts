#!/usr/bin/env node
import { standardOutput } from './output.ts';
import { run } from './program.ts';

// Not awaited: the board's bundle is CommonJS, which starts sooner and knows no await at the top.
void run(process.argv.slice(2), standardOutput).then((code) => {
  process.exitCode = code;
});
