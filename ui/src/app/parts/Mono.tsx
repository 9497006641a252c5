/** An id, hash or ARN in fixed width; cut with an ellipsis where room is short, whole as a tooltip. */
export function Mono({ children, cut = false }: { children: string; cut?: boolean }) {
  return (
    <span className={cut ? "mono cut" : "mono"} title={cut ? children : undefined}>
      {children}
    </span>
  );
}
