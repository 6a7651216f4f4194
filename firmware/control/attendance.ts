import type { Clock } from '../../hal/clock.ts';
import { build } from '../build.ts';
import type { Configuration } from '../configuration.ts';
import type { Logger } from '../log.ts';
import { identityOf } from '../slips/slip.ts';
import { controlCommands } from './commands.ts';
import { ControlServer } from './control-server.ts';
import { Monitor, type Monitored } from './monitor.ts';

/** How long a terminal that stood down waits to be stopped for good, before it ends by itself and is started again. */
const standDownMs = 20_000;

/**
 * What looks after a terminal from within its process: it answers technicians, from before the ledger is opened on.
 * What goes wrong with it is logged, and hinders no trade.
 */
export class Attendance {
  readonly monitor: Monitor;
  readonly #configuration: Configuration;
  readonly #clock: Clock;
  readonly #log: Logger;
  #server: ControlServer | undefined;

  constructor(configuration: Configuration, clock: Clock, log: Logger) {
    this.#configuration = configuration;
    this.#clock = clock;
    this.#log = log;
    const { language } = configuration;
    this.monitor = new Monitor({ clock, build, identity: identityOf(configuration), language });
  }

  /** @param stop takes the terminal out of trade, and resolves when its devices and its ledger are let go */
  async begin(monitored: () => Monitored, stop: () => Promise<void>): Promise<void> {
    const { monitor } = this;
    const standDown = (): void => {
      this.#log.info('standing down for another build');
      void stop();
      this.#clock.schedule(standDownMs, () => process.exit(0));
    };
    const { socket } = this.#configuration.control;
    this.#server = new ControlServer(socket, controlCommands({ monitor, monitored, standDown }));
    const why = await this.#server.listen();
    if (why !== undefined) this.#log.warn({ where: socket, why }, 'terminalctl can not ask this terminal');
  }

  async end(stop: () => Promise<void>): Promise<void> {
    await this.#server?.close();
    await stop();
  }
}
