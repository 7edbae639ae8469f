// Steps back and forth. Typing in one place is one step.

const ONE_STEP = 1000; // milliseconds between two keys
const MOST = 200;

export class History {
  constructor(state) {
    this.states = [state];
    this.at = 0;
    this.last = { place: '', time: 0 };
  }

  keep(state, place = '') {
    if (state === this.states[this.at]) return;
    const now = Date.now();
    const goesOn = place && place === this.last.place && now - this.last.time < ONE_STEP && this.at === this.states.length - 1;
    this.last = { place, time: now };
    if (goesOn) {
      this.states[this.at] = state;
      return;
    }
    this.states.splice(this.at + 1, this.states.length, state);
    if (this.states.length > MOST) this.states.shift();
    this.at = this.states.length - 1;
  }

  back() {
    return this.at > 0 ? this.go(-1) : null;
  }

  forth() {
    return this.at < this.states.length - 1 ? this.go(1) : null;
  }

  go(step) {
    this.at += step;
    this.last = { place: '', time: 0 };
    return this.states[this.at];
  }
}
