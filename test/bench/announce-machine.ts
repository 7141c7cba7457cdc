import { describeMachine } from './machine.ts';

export default function setup(): void {
  console.log(describeMachine());
}
