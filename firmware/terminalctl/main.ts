#!/usr/bin/env node
import { standardOutput } from './output.ts';
import { run } from './program.ts';

// Whoever reads with `head` has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Not awaited: the board's bundle is CommonJS, which starts sooner and knows no await at the top.
void run(process.argv.slice(2), standardOutput).then((code) => {
  process.exitCode = code;
});
