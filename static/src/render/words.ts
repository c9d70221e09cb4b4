/** What people read on the parts that we add to a reply. */
export const WORDS = {
  code: (language: string) => `Code, ${language}`,
  noLanguage: "text",
  wrap: "Wrap",
  download: "Download",
  copy: "Copy",
  table: "Table",
  formula: "Formula",
  notes: "Footnotes",
  note: (number: string) => `Footnote ${number}`,
  back: (number: string) => `Back to where footnote ${number} is called`,
  diagram: "Diagram",
  source: "Source",
  noDiagram: "This diagram could not be drawn. Here is its source.",
} as const;
