import { UserError } from '../user-error.ts';

/** Bytes that are not a recording, or not one that this version reads. */
export class RecordingError extends UserError {
  override readonly name = 'RecordingError';
}
