/** Collects the pieces of an instruction that continuations tear apart, and remembers where each came from. */
export class LogicalLine {
  text = '';
  /** For each piece: its offset in the line, and in the text. */
  private readonly pieces: number[] = [];

  add(source: string, start: number, end: number): void {
    this.pieces.push(this.text.length, start);
    this.text += source.slice(start, end);
  }

  /** Offset in the text of an offset in the line; an offset between two pieces belongs to the second. */
  readonly sourceOf = (offset: number): number => {
    const { pieces } = this;
    let low = 0;
    let high = pieces.length / 2 - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((pieces[middle * 2] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return (pieces[low * 2 + 1] ?? 0) + offset - (pieces[low * 2] ?? 0);
  };

  /** As `sourceOf`, for the end of a span: an offset between two pieces belongs to the first. */
  readonly endOf = (offset: number): number => (offset === 0 ? this.sourceOf(0) : this.sourceOf(offset - 1) + 1);
}
