/** A bar as an SVG with widths in attributes, which a strict style policy allows. */

/** `share` is -1..1 of the longest bar; below zero it is drawn as what counts against. */
export function Bar({ share }: { readonly share: number }) {
  const width = Math.min(100, Math.max(1, Math.abs(share) * 100));
  return (
    <svg class="meter" aria-hidden="true" width="100%" height="8">
      <rect class="meter-back" width="100%" height="8" rx="4" />
      <rect
        class={share < 0 ? "meter-against" : "meter-for"}
        width={`${width.toFixed(2)}%`}
        height="8"
        rx="4"
      />
    </svg>
  );
}
