import { spawnSync } from 'node:child_process';
import { UserError } from '../user-error.ts';

/**
 * A field of the entry that the machine's name services have for a name (getent(1)), wherever
 * they have it from: /etc, LDAP, ... Undefined if they do not know it.
 */
function lookUp(database: string, key: string): string | undefined {
  const { error, status, stdout } = spawnSync('getent', [database, '--', key], {
    encoding: 'utf8',
  });
  if (error) throw new UserError(`getent, which knows names, cannot run: ${error.message}`);
  return status === 0 ? stdout.split('\n', 1)[0] : undefined;
}

/** @throws UserError for an unknown name */
export function findUid(user: string): number {
  if (/^\d+$/.test(user)) return Number(user);
  // passwd(5): name:password:uid:...
  const uid = lookUp('passwd', user)?.split(':')[2];
  if (uid === undefined) throw new UserError(`--uid ${user}: there is no such user`);
  return Number(uid);
}

/** The TCP port of a service. Throws a UserError for an unknown name. */
export function findPort(service: string): number {
  // services(5): name port/protocol aliases...
  const port = /^\S+\s+(\d+)\/tcp/.exec(lookUp('services', `${service}/tcp`) ?? '')?.[1];
  if (port === undefined) throw new UserError(`--port ${service}: there is no such service`);
  return Number(port);
}
