import { type Command, Option } from 'commander';
import type { ExtcapCall } from '../commands/extcap-call.ts';
import { UsageError } from '../user-error.ts';

const HELP = `
Wireshark then has plaincap in its list of interfaces, with its filters in a
dialog of options. So has tshark:
  tshark -i plaincap -o extcap.plaincap.pid:1234

Wireshark runs as you, and a capture needs privilege. By sudo, install makes a
copy of Node.js that may capture and that only you can run. Without, captures
take the privilege that you have, or sudo where that asks for no password.

Examples:
  plaincap extcap install
  sudo plaincap extcap install
  sudo plaincap extcap uninstall

Exit codes:
  0  it is done
  1  it cannot be done
  2  the command line is wrong`;

/** What Wireshark calls us with (its doc/README.extcap). */
const CALL_FLAGS = [
  '--extcap-interfaces',
  '--extcap-version [version]',
  '--extcap-interface <name>',
  '--extcap-dlts',
  '--extcap-config',
  '--extcap-reload-option <option>',
  '--extcap-capture-filter <filter>',
  '--capture',
  '--fifo <path>',
  '--extcap-control-in <path>',
  '--extcap-control-out <path>',
];

/** Of dialog.ts. */
const DIALOG_FLAGS = ['pid', 'lib', 'uid', 'comm', 'exe', 'port', 'host'].map(
  (name) => `--${name} <value>`,
);

export function defineExtcap(program: Command): void {
  const extcap = program
    .command('extcap')
    .summary("put plaincap into Wireshark's list of interfaces")
    .description("Puts plaincap into your Wireshark's list of interfaces, or takes it out again.")
    .usage('install|uninstall')
    .helpCommand(false)
    .allowExcessArguments()
    .addHelpText('after', HELP)
    .action(answer);
  for (const flags of [...CALL_FLAGS, ...DIALOG_FLAGS, '--plain [value]']) {
    extcap.addOption(new Option(flags).hideHelp());
  }
  extcap
    .command('install')
    .summary('put it in; by sudo, with the privilege to capture')
    .allowExcessArguments(false)
    .action(async () => {
      const { installExtcap } = await import('../commands/extcap-install.ts');
      installExtcap();
    });
  extcap
    .command('uninstall')
    .summary('take it out')
    .allowExcessArguments(false)
    .action(async () => {
      const { uninstallExtcap } = await import('../commands/extcap-install.ts');
      uninstallExtcap();
    });
}

async function answer(call: ExtcapCall, { args: [stray] }: Command): Promise<void> {
  if (stray !== undefined && call.extcapInterface === undefined) {
    throw new UsageError(`unknown command 'extcap ${stray}': install or uninstall`);
  }
  const { answerCall } = await import('../commands/extcap-call.ts');
  process.exitCode = await answerCall(call);
}
