/**
 * What is asked of a whole list: order, groups, what some have in common. In a file of its own with the fields of the filter
 * language, which is loaded with the first such question.
 */
export { ColumnPrinter, fieldInfos, fieldNamed } from '#core/query/columns.ts';
export { compileFilter } from '#core/query/compile.ts';
export { valueFilter } from '#core/query/complete.ts';
export { ContrastQuery } from '#core/query/contrast.ts';
export { GroupQuery } from '#core/query/groups.ts';
export { journeyValues } from '#core/query/journey-values.ts';
export { Query } from '#core/query/query.ts';
export { isSortable, SortQuery } from '#core/query/sort.ts';
