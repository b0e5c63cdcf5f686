import type { SyntaxNode } from './grammar.ts';
import { argumentsOf, childrenOf, expressionOf, operandsOf } from './expression.ts';
import type { ClassNode, Expression, FunctionNode, ImportBinding, Parameter, Statement } from './tree.ts';

/** The statements directly below a node of the grammar: a script or a body. */
export function statementsOf(node: SyntaxNode, text: string): readonly Statement[] {
  return childrenOf(node).flatMap((child): readonly Statement[] => {
    if (child.name === ':') return [];
    if (child.name === 'StatementGroup') return statementsOf(child, text);
    return [statementOf(child, text)];
  });
}

function statementOf(node: SyntaxNode, text: string): Statement {
  const span = { from: node.from, to: node.to };
  const body = (n: SyntaxNode | null | undefined): readonly Statement[] => (n ? statementsOf(n, text) : []);
  const read = (n: SyntaxNode): Expression => expressionOf(n, text);
  switch (node.name) {
    case 'ImportStatement':
      return { ...span, kind: 'import', bindings: bindingsOf(node, text) };
    case 'AssignStatement':
      return assignOf(node, text);
    case 'UpdateStatement': {
      const [target, , value] = childrenOf(node);
      const other: Expression = { ...span, kind: 'other', parts: [] };
      return { ...span, kind: 'update', target: target ? read(target) : other, value: value ? read(value) : other };
    }
    case 'FunctionDefinition':
      return functionOf(node, text, []);
    case 'ClassDefinition':
      return classOf(node, text, []);
    case 'DecoratedStatement': {
      const decorators = node.getChildren('Decorator').map((d) => decoratorOf(d, text));
      const definition = node.getChild('FunctionDefinition');
      if (definition) return functionOf(definition, text, decorators);
      const klass = node.getChild('ClassDefinition');
      return klass ? classOf(klass, text, decorators) : { ...span, kind: 'other', parts: decorators };
    }
    case 'IfStatement':
      return {
        ...span,
        kind: 'if',
        branches: clausesOf(node).map(({ head, block }) => ({ ...(head[0] ? { test: read(head[0]) } : {}), body: body(block) })),
      };
    case 'TryStatement':
      return tryOf(node, text);
    case 'WithStatement': {
      const bound = (n: SyntaxNode): boolean => n.prevSibling?.name === 'as';
      const items = childrenOf(node).filter((n) => !['with', 'async', 'as', ',', 'Body'].includes(n.name) && !bound(n));
      return { ...span, kind: 'with', items: items.map(read), body: body(node.getChild('Body')) };
    }
    case 'ForStatement': {
      const parts = childrenOf(node).filter((n) => n.name !== ',' && n.name !== '*');
      const target = parts[parts.findIndex((n) => n.name === 'for') + 1];
      const over = parts[parts.findIndex((n) => n.name === 'in') + 1];
      const blocks = node.getChildren('Body').flatMap((b) => body(b));
      return { ...span, kind: 'loop', ...(target ? { target: read(target) } : {}), ...(over ? { over: read(over) } : {}), body: blocks };
    }
    case 'WhileStatement': {
      const test = childrenOf(node)[1];
      return {
        ...span,
        kind: 'loop',
        ...(test && test.name !== 'Body' ? { over: read(test) } : {}),
        body: node.getChildren('Body').flatMap((b) => body(b)),
      };
    }
    case 'MatchStatement':
      return matchOf(node, text);
    case 'ReturnStatement':
    case 'RaiseStatement':
    case 'AssertStatement':
    case 'ExpressionStatement': {
      const kinds = {
        ReturnStatement: 'return',
        RaiseStatement: 'raise',
        AssertStatement: 'assert',
        ExpressionStatement: 'expression',
      } as const;
      const keywords = new Set(['return', 'raise', 'assert', ',', '*', 'from']);
      const values = childrenOf(node)
        .filter((n) => !keywords.has(n.name))
        .map(read);
      const [first] = values;
      const value: Expression | undefined = values.length > 1 ? { ...span, kind: 'sequence', items: values } : first;
      return { ...span, kind: kinds[node.name], ...(value ? { value } : {}) };
    }
    default:
      return {
        ...span,
        kind: 'other',
        parts: operandsOf(node)
          .filter((n) => n.name.endsWith('Expression'))
          .map(read),
      };
  }
}

/** `if a: … elif b: … else: …` as its clauses: what stands between a keyword and its body. */
function clausesOf(node: SyntaxNode): { keyword: string; head: SyntaxNode[]; block: SyntaxNode }[] {
  const out: { keyword: string; head: SyntaxNode[]; block: SyntaxNode }[] = [];
  let keyword = '';
  let head: SyntaxNode[] = [];
  for (const child of childrenOf(node)) {
    if (['if', 'elif', 'else', 'try', 'except', 'finally'].includes(child.name)) {
      keyword = child.name;
      head = [];
    } else if (child.name === 'Body') out.push({ keyword, head, block: child });
    else head.push(child);
  }
  return out;
}

function tryOf(node: SyntaxNode, text: string): Statement {
  const clauses = clausesOf(node);
  const bodies = (keyword: string): readonly Statement[] =>
    clauses.filter((c) => c.keyword === keyword).flatMap((c) => statementsOf(c.block, text));
  const handlers = clauses
    .filter((c) => c.keyword === 'except')
    .map((c) => {
      const type = c.head.find((n) => n.name !== '*');
      return { ...(type ? { type: expressionOf(type, text) } : {}), body: statementsOf(c.block, text) };
    });
  return { from: node.from, to: node.to, kind: 'try', body: bodies('try'), handlers, rest: [...bodies('else'), ...bodies('finally')] };
}

function assignOf(node: SyntaxNode, text: string): Statement {
  const span = { from: node.from, to: node.to };
  const groups: SyntaxNode[][] = [[]];
  let annotation: SyntaxNode | undefined;
  for (const child of childrenOf(node)) {
    if (child.name === 'AssignOp') groups.push([]);
    else if (child.name === 'TypeDef') annotation = operandsOf(child)[0];
    else if (child.name !== ',' && child.name !== '*') groups.at(-1)?.push(child);
  }
  const sides = groups.map((group): Expression => {
    const items = group.map((n) => expressionOf(n, text));
    const [only] = items;
    return items.length === 1 && only
      ? only
      : { from: items[0]?.from ?? node.from, to: items.at(-1)?.to ?? node.to, kind: 'sequence', items };
  });
  const value = sides.length > 1 ? sides.at(-1) : undefined;
  const targets = value ? sides.slice(0, -1) : sides;
  return {
    ...span,
    kind: 'assign',
    targets,
    ...(annotation ? { annotation: expressionOf(annotation, text) } : {}),
    ...(value ? { value } : {}),
  };
}

function functionOf(node: SyntaxNode, text: string, decorators: readonly Expression[]): FunctionNode {
  const block = node.getChild('Body');
  const name = node.getChild('VariableName');
  const list = node.getChild('ParamList');
  return {
    from: node.from,
    to: node.to,
    kind: 'function',
    name: name ? text.slice(name.from, name.to) : '',
    parameters: list ? parametersOf(list, text) : [],
    decorators,
    body: block ? statementsOf(block, text) : [],
    header: { from: node.from, to: block?.from ?? node.to },
  };
}

function classOf(node: SyntaxNode, text: string, decorators: readonly Expression[]): ClassNode {
  const block = node.getChild('Body');
  const name = node.getChild('VariableName');
  const list = node.getChild('ArgList');
  return {
    from: node.from,
    to: node.to,
    kind: 'class',
    name: name ? text.slice(name.from, name.to) : '',
    bases: list ? argumentsOf(list, text) : [],
    decorators,
    body: block ? statementsOf(block, text) : [],
    header: { from: node.from, to: block?.from ?? node.to },
  };
}

function parametersOf(list: SyntaxNode, text: string): readonly Parameter[] {
  const out: Parameter[] = [];
  const nodes = childrenOf(list);
  nodes.forEach((node, i) => {
    if (node.name !== 'VariableName' || nodes[i - 1]?.name === 'AssignOp') return;
    const type = nodes[i + 1]?.name === 'TypeDef' ? nodes[i + 1] : undefined;
    const equals = type ? i + 2 : i + 1;
    const value = nodes[equals]?.name === 'AssignOp' ? nodes[equals + 1] : undefined;
    const annotation = type ? operandsOf(type)[0] : undefined;
    out.push({
      name: text.slice(node.from, node.to),
      ...(annotation ? { annotation: expressionOf(annotation, text) } : {}),
      ...(value ? { default: expressionOf(value, text) } : {}),
    });
  });
  return out;
}

/** The grammar gives a decorator's dotted name as loose tokens. */
function decoratorOf(node: SyntaxNode, text: string): Expression {
  const names = node.getChildren('VariableName');
  let out: Expression = { from: node.from, to: node.to, kind: 'other', parts: [] };
  names.forEach((n, i) => {
    const name = text.slice(n.from, n.to);
    out =
      i === 0
        ? { from: n.from, to: n.to, kind: 'name', name }
        : { from: names[0]?.from ?? n.from, to: n.to, kind: 'attribute', object: out, name };
  });
  const list = node.getChild('ArgList');
  return list ? { from: out.from, to: list.to, kind: 'call', callee: out, args: argumentsOf(list, text) } : out;
}

function matchOf(node: SyntaxNode, text: string): Statement {
  const subject = childrenOf(node)[1];
  const clauses = (node.getChild('MatchBody')?.getChildren('MatchClause') ?? []).map((clause) => {
    const block = clause.getChild('Body');
    const patterns: string[] = [];
    clause.cursor().iterate((n) => {
      if (n.name === 'Body') return false;
      if (n.name === 'String') {
        const value = expressionOf(n.node, text);
        if (value.kind === 'string') patterns.push(value.value);
      }
      return undefined;
    });
    return { patterns, body: block ? statementsOf(block, text) : [] };
  });
  const other: Expression = { from: node.from, to: node.to, kind: 'other', parts: [] };
  return { from: node.from, to: node.to, kind: 'match', subject: subject ? expressionOf(subject, text) : other, clauses };
}

function bindingsOf(node: SyntaxNode, text: string): readonly ImportBinding[] {
  const nodes = childrenOf(node).filter((n) => n.name !== '(' && n.name !== ')');
  const slice = (n: SyntaxNode): string => text.slice(n.from, n.to);
  const start = nodes.findIndex((n) => n.name === 'import');
  const from = nodes[0]?.name === 'from' ? nodes.slice(1, start) : undefined;
  const head = from?.map(slice).join('') ?? '';
  const module = head.replace(/^\.+/, '');
  const level = head.length - module.length;
  const out: ImportBinding[] = [];
  let name: SyntaxNode[] = [];
  let alias: SyntaxNode | undefined;
  const flush = (): void => {
    const [first] = name;
    const last = name.at(-1);
    if (!first || !last) return;
    const span = { from: first.from, to: alias?.to ?? last.to };
    const dotted = name.map(slice).join('');
    if (from) out.push({ ...span, level, module, name: dotted, as: alias ? slice(alias) : dotted });
    else out.push({ ...span, level: 0, module: dotted, as: alias ? slice(alias) : (dotted.split('.')[0] ?? dotted) });
    name = [];
    alias = undefined;
  };
  nodes.slice(start + 1).forEach((n, i, all) => {
    if (n.name === ',') flush();
    else if (all[i - 1]?.name === 'as') alias = n;
    else if (n.name !== 'as') name.push(n);
  });
  flush();
  return out;
}
