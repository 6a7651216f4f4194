import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = createConnection(port, '127.0.0.1');
    connection.once('data', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });

/**
 * OpenSSH's own server on loopback, with throw-away keys, for this user alone.
 *
 * @returns the path of an ssh_config by which each of `hosts` leads there
 */
export const sshServer = async (t: Test, hosts: readonly string[]): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-sshd-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o700);
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  // Where the server's unit would make it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const port = await freePort();
  const { username } = userInfo();
  const server = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'user.pub')}`,
    'PidFile none',
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'MaxStartups 100',
  ];
  writeFileSync(join(folder, 'sshd_config'), `${server.join('\n')}\n`);
  const hostKey = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  const client = [
    `Host ${hosts.join(' ')}`,
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    `  User ${username}`,
    `  IdentityFile ${join(folder, 'user')}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    '  StrictHostKeyChecking yes',
  ];
  const config = join(folder, 'ssh_config');
  writeFileSync(config, `${client.join('\n')}\n`);
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  t.teardown(() => child.kill('SIGKILL'));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${said}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return config;
};
