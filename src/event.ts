/**
 * Event: the seam between what observes programs and what writes files.
 *
 * A live capture and a replayed recording both deliver these events, in the order of the kernel's
 * ring buffer. Nothing after this file knows of eBPF; nothing before it knows of TCP or pcapng.
 *
 * Times (`ktimeNs`) are whole nanoseconds of the kernel's boot clock (CLOCK_BOOTTIME) since the
 * capture's start, `RecordingHeader.start`: exact in a double for 104 days. They may be negative
 * for a connection that was opened before the capture.
 *
 * Ids (`connection`, `session`) are positive integers, unique within one capture, never used again.
 */

/** From the probed program's side: `read` is what it received, `write` what it sent. */
export type Direction = 'read' | 'write';

export type Role = 'client' | 'server' | 'unknown';

/** A process, told before the first event that names its pid, and again after an exec. */
export interface ProcessEvent {
  kind: 'process';
  ktimeNs: number;
  /** As its owner sees it in /proc of the capturing host: the kernel's tgid. */
  pid: number;
  /** The kernel's name of the thread group leader, at most 15 bytes (TASK_COMM_LEN). */
  comm: string;
  /** Path of the executable, empty when it could not be read any more. */
  exe: string;
  uid: number;
}

/**
 * A TCP socket that carries a session, told before the first event that names it. Where plain
 * sockets are captured, also one of a client that has none yet, as soon as it is established.
 */
export interface ConnectionEvent {
  kind: 'connection';
  /** When it was established if `seenOpening`, else when it was first seen. */
  ktimeNs: number;
  connection: number;
  /** 4 bytes (IPv4; also IPv4-mapped IPv6, RFC 4291 section 2.5.5.2) or 16 (IPv6), network order. */
  localAddress: Uint8Array;
  remoteAddress: Uint8Array;
  localPort: number;
  remotePort: number;
  /** Who opened it: `client` called connect, `server` accept. `unknown` if that was not seen. */
  role: Role;
  /** Inode number of the network namespace, as in `ls -l /proc/PID/ns/net`. */
  netns: number;
  /** False for a connection that is older than the capture. */
  seenOpening: boolean;
}

/**
 * How a session's connection was told; stronger evidence replaces weaker. A plain session is its
 * `socket`.
 */
export type Evidence = 'none' | 'nested' | 'set-fd' | 'fingerprint' | 'socket';

/**
 * One TLS object of a program (an `SSL *`) in its lifetime, or one plain socket. Told before its
 * first data, and again whenever its connection becomes known or changes.
 */
export interface SessionEvent {
  kind: 'session';
  ktimeNs: number;
  session: number;
  pid: number;
  protocol: 'tls' | 'plain';
  /** Path of the library or executable whose functions are probed; empty for a plain socket. */
  library: string;
  /** The connection that carries it; 0 while that is unknown. */
  connection: number;
  evidence: Evidence;
  /**
   * Where its bytes go on, in a recording or file that begins later than they: positions of the
   * next ones. What was before is not lost. Left out where they begin at 0.
   */
  readPosition?: number | undefined;
  writePosition?: number | undefined;
}

/**
 * A TLS handshake that this session completed, told once: right before its first data, or its end.
 * (Of early data, RFC 8446 section 2.3, some may stand before it.) Sessions whose handshake began
 * before the capture have none, and neither has a renegotiation. What is not known is 0 or empty.
 */
export interface HandshakeEvent {
  kind: 'handshake';
  /**
   * When the call that completed it returned. If that is not one of the library's handshake
   * functions but reads or writes: the moment inside it at which OpenSSL had completed it, or for
   * other libraries when the call that moved the first data began (or, if it made the handshake
   * too, returned), so at the latest then.
   */
  ktimeNs: number;
  /**
   * From the entry of its first call; with sockets that do not block there are several. Where reads
   * or writes make it, that is the call in which the first hello was written or read.
   */
  durationNs: number;
  session: number;
  pid: number;
  tid: number;
  /** The probed function in which it was completed, such as `SSL_do_handshake`. */
  function: string;
  /** The side that this end took in TLS: `client` sent the ClientHello. */
  role: Role;
  /** What was agreed on, as a ProtocolVersion (RFC 8446 section 4.1.2): 0x0304 is TLS 1.3. */
  version: number;
  /** As IANA's registry of TLS cipher suites has it: 0x1301 is TLS_AES_128_GCM_SHA256. */
  cipherSuite: number;
  /** What the client asked for: server_name (RFC 6066 section 3). */
  serverName: string;
  /**
   * The application protocol that was agreed on (RFC 7301), such as `h2`; a character for each of
   * its bytes. TLS 1.3 encrypts it: then it is known if the program asked its library for it.
   */
  alpn: string;
}

/**
 * A TLS handshake that this session began and did not complete: it failed, or the program gave it
 * up. Told once, right before the session's end, which follows when the program frees the session.
 * Such a session moved no data. Not told of sessions that outlive the capture, nor of those of
 * which only reads and writes make the handshake, unless their library is OpenSSL.
 */
export interface HandshakeFailureEvent extends Omit<HandshakeEvent, 'kind'> {
  kind: 'handshake-failure';
  /**
   * When the last call that made it returned; if that was no handshake function of the library, the
   * time of the session's end.
   */
  ktimeNs: number;
  /** `unknown` if neither side's hello was seen: the peer spoke no TLS, or closed. */
  role: Role;
  /** What the server chose in its hello; 0 if it did not come. */
  version: number;
  cipherSuite: number;
}

/**
 * Bytes that one call moved. A long call arrives as several events with rising `callOffset`. Of a
 * call whose bytes are lost as they never were in the program's memory (`sendfile`), there is one
 * without bytes, behind them.
 *
 * Sources reuse one object for all data events: it is valid until the handler returns.
 */
export interface DataEvent {
  kind: 'data';
  /** When the call returned; when it was told, if that was before. */
  ktimeNs: number;
  /** From the call's entry to its return; 0 if it was told before it returned, as writes of Go. */
  durationNs: number;
  session: number;
  pid: number;
  tid: number;
  direction: Direction;
  /** The probed function, such as `SSL_read_ex`; of a plain socket the system call: `recvfrom`. */
  function: string;
  /**
   * Offset of the first captured byte in all bytes that the program moved in this direction of the
   * session. A gap to the end of the previous event is exactly what was lost, or cut off by
   * `CaptureHeader.snaplen`. Bytes before that end were told already (docs/libraries.md, GnuTLS).
   */
  position: number;
  /** Offset of the first captured byte within the call. */
  callOffset: number;
  /** Bytes that the whole call moved. */
  originalLength: number;
  /** The captured bytes are `payload[payloadStart]` to `payload[payloadStart + capturedLength - 1]`. */
  payload: Uint8Array;
  payloadStart: number;
  capturedLength: number;
}

/** The object that a source fills for each of its data events. */
export function emptyDataEvent(): DataEvent {
  return {
    kind: 'data',
    ktimeNs: 0,
    durationNs: 0,
    session: 0,
    pid: 0,
    tid: 0,
    direction: 'read',
    function: '',
    position: 0,
    callOffset: 0,
    originalLength: 0,
    payload: new Uint8Array(),
    payloadStart: 0,
    capturedLength: 0,
  };
}

/**
 * The session's TLS object was freed, its process died, or the capture ended. Positions beyond the
 * end of the last data event are bytes that were lost at its end.
 */
export interface SessionEndEvent {
  kind: 'session-end';
  ktimeNs: number;
  session: number;
  readPosition: number;
  writePosition: number;
}

/**
 * The connection's end as TCP had it; not sent for connections that outlive the capture. Data may
 * follow only if `readable`: the program can still read what arrived before the end.
 */
export interface CloseEvent {
  kind: 'close';
  ktimeNs: number;
  connection: number;
  /** `rst` when either side aborted it (RFC 9293 section 3.10.7). */
  cause: 'fin' | 'rst';
  /** Who sent the RST, or the first FIN. */
  by: 'local' | 'remote';
  /** False if the program closed its socket, and holds no ciphertext of it either. */
  readable: boolean;
  /** Who sent the first FIN, and when; an RST may come without. */
  finBy: 'local' | 'remote' | 'none';
  finKtimeNs: number;
}

/** Why plaintext did not reach an event. */
export interface LossCount {
  /**
   * As the kernel side names it, such as `ring-full` or `call-too-long`. What `snaplen` cut off calls
   * is left out on purpose.
   */
  reason: string;
  /** Calls of which all or a part is missing. */
  calls: number;
  bytes: number;
}

/** Totals since the capture's start; the last one stands at its end. */
export interface StatisticsEvent {
  kind: 'statistics';
  ktimeNs: number;
  /** Calls seen that moved at least one byte, and their bytes, lost ones included. */
  calls: number;
  bytes: number;
  lost: LossCount[];
  /** How often evidence for a session's connection was outweighed by stronger evidence. */
  contradictions: number;
}

export type Event =
  | ProcessEvent
  | ConnectionEvent
  | SessionEvent
  | HandshakeEvent
  | HandshakeFailureEvent
  | DataEvent
  | SessionEndEvent
  | CloseEvent
  | StatisticsEvent;

/** Called once an event, in order. Who keeps a data event's payload copies it. */
export type EventHandler = (event: Event) => void;

/** What stands once at the head of a recording, and is known at the start of a live capture. */
export interface CaptureHeader {
  /** Version of the plaincap that captured. */
  plaincapVersion: string;
  hostname: string;
  /** `uname -srm`. */
  kernel: string;
  /** One moment on both clocks: CLOCK_REALTIME since 1970-01-01 and CLOCK_BOOTTIME. */
  start: { epochNs: bigint; ktimeNs: bigint };
  /** Where connections and their 4-tuples came from, such as `kprobe` or `syscall`. */
  connectionSource: string;
  /** Of each call no more bytes were asked for; undefined if all were. */
  snaplen?: number | undefined;
}
