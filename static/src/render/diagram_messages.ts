/** What a page asks of the frame that draws. */
export interface DiagramRequest {
  id: number;
  source: string;
  colours: { isDark: boolean; ink: string; ground: string; edge: string; tint: string };
}

/** What the frame answers: an empty image where there is none to be had. */
export interface DiagramAnswer {
  id: number;
  svg: string;
  width?: number;
  height?: number;
  title?: string;
}
