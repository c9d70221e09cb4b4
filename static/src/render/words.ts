import { t } from "../words";

/** What people read on the parts that we add to a reply. */
export const WORDS = {
  code: (language: string) => t("Code, %(language)s", { language }),
  noLanguage: t("text"),
  wrap: t("Wrap"),
  download: t("Download"),
  copy: t("Copy"),
  table: t("Table"),
  formula: t("Formula"),
  notes: t("Footnotes"),
  note: (number: string) => t("Footnote %(number)s", { number }),
  back: (number: string) => t("Back to where footnote %(number)s is called", { number }),
  diagram: t("Diagram"),
  source: t("Source"),
  noDiagram: t("This diagram could not be drawn. Here is its source."),
} as const;
