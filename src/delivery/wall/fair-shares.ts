/**
 * Shares what a line takes: each gets as much as any other, but nobody more than it can use; what is left over goes to those who
 * can use more.
 * @param wishes what each could use; infinite where that is not known
 * @returns the shares in the order of the wishes
 */
export function fairShares(whole: number, wishes: readonly number[]): number[] {
  const shares = wishes.map(() => 0)
  const modestFirst = wishes.map((wish, index) => ({ wish, index })).sort((a, b) => a.wish - b.wish)
  let left = whole
  for (const [served, { wish, index }] of modestFirst.entries()) {
    const share = Math.min(wish, left / (wishes.length - served))
    shares[index] = share
    left -= share
  }
  return shares
}
