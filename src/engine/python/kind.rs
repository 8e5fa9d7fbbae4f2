//! The grammar's node kinds and field names as enums, so that the model and the rules match by integer.
//! The names are tree-sitter-python's own; the numbers are looked up in the grammar once.

use std::sync::OnceLock;

use super::tree::NAMED;

/// Declares an enum of grammar names and the list to look them up in: one line per name.
macro_rules! names {
    ($(#[$meta:meta])* $type:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $type { $($variant,)* }

        impl $type {
            const ALL: &[($type, &str)] = &[$(($type::$variant, $name),)*];

            /// The grammar's name.
            pub fn name(self) -> &'static str {
                Self::ALL[self as usize].1
            }
        }
    };
}

names! {
    /// The kind of a node. `Token` is any keyword, operator or bracket; its text tells which.
    Kind {
        Other = "",
        Token = "token",
        Error = "ERROR",
        AliasedImport = "aliased_import",
        ArgumentList = "argument_list",
        AsPattern = "as_pattern",
        AsPatternTarget = "as_pattern_target",
        AssertStatement = "assert_statement",
        Assignment = "assignment",
        Attribute = "attribute",
        AugmentedAssignment = "augmented_assignment",
        Await = "await",
        BinaryOperator = "binary_operator",
        Block = "block",
        BooleanOperator = "boolean_operator",
        BreakStatement = "break_statement",
        Call = "call",
        CaseClause = "case_clause",
        CasePattern = "case_pattern",
        Chevron = "chevron",
        ClassDefinition = "class_definition",
        ClassPattern = "class_pattern",
        Comment = "comment",
        ComparisonOperator = "comparison_operator",
        ComplexPattern = "complex_pattern",
        ConcatenatedString = "concatenated_string",
        ConditionalExpression = "conditional_expression",
        ConstrainedType = "constrained_type",
        ContinueStatement = "continue_statement",
        DecoratedDefinition = "decorated_definition",
        Decorator = "decorator",
        DefaultParameter = "default_parameter",
        DeleteStatement = "delete_statement",
        DictPattern = "dict_pattern",
        Dictionary = "dictionary",
        DictionaryComprehension = "dictionary_comprehension",
        DictionarySplat = "dictionary_splat",
        DictionarySplatPattern = "dictionary_splat_pattern",
        DottedName = "dotted_name",
        ElifClause = "elif_clause",
        Ellipsis = "ellipsis",
        ElseClause = "else_clause",
        EscapeInterpolation = "escape_interpolation",
        EscapeSequence = "escape_sequence",
        ExceptClause = "except_clause",
        ExecStatement = "exec_statement",
        ExpressionList = "expression_list",
        ExpressionStatement = "expression_statement",
        False = "false",
        FinallyClause = "finally_clause",
        Float = "float",
        ForInClause = "for_in_clause",
        ForStatement = "for_statement",
        FormatExpression = "format_expression",
        FormatSpecifier = "format_specifier",
        FunctionDefinition = "function_definition",
        FutureImportStatement = "future_import_statement",
        GeneratorExpression = "generator_expression",
        GenericType = "generic_type",
        GlobalStatement = "global_statement",
        Identifier = "identifier",
        IfClause = "if_clause",
        IfStatement = "if_statement",
        ImportFromStatement = "import_from_statement",
        ImportPrefix = "import_prefix",
        ImportStatement = "import_statement",
        Integer = "integer",
        Interpolation = "interpolation",
        KeywordArgument = "keyword_argument",
        KeywordPattern = "keyword_pattern",
        KeywordSeparator = "keyword_separator",
        Lambda = "lambda",
        LambdaParameters = "lambda_parameters",
        LineContinuation = "line_continuation",
        List = "list",
        ListComprehension = "list_comprehension",
        ListPattern = "list_pattern",
        ListSplat = "list_splat",
        ListSplatPattern = "list_splat_pattern",
        MatchStatement = "match_statement",
        MemberType = "member_type",
        Module = "module",
        NamedExpression = "named_expression",
        None = "none",
        NonlocalStatement = "nonlocal_statement",
        NotOperator = "not_operator",
        Pair = "pair",
        Parameters = "parameters",
        ParenthesizedExpression = "parenthesized_expression",
        ParenthesizedListSplat = "parenthesized_list_splat",
        PassStatement = "pass_statement",
        PatternList = "pattern_list",
        PositionalSeparator = "positional_separator",
        PrintStatement = "print_statement",
        RaiseStatement = "raise_statement",
        RelativeImport = "relative_import",
        ReturnStatement = "return_statement",
        Set = "set",
        SetComprehension = "set_comprehension",
        Slice = "slice",
        SplatPattern = "splat_pattern",
        SplatType = "splat_type",
        String = "string",
        StringContent = "string_content",
        StringEnd = "string_end",
        StringStart = "string_start",
        Subscript = "subscript",
        True = "true",
        TryStatement = "try_statement",
        Tuple = "tuple",
        TuplePattern = "tuple_pattern",
        Type = "type",
        TypeAliasStatement = "type_alias_statement",
        TypeConversion = "type_conversion",
        TypeParameter = "type_parameter",
        TypedDefaultParameter = "typed_default_parameter",
        TypedParameter = "typed_parameter",
        UnaryOperator = "unary_operator",
        UnionPattern = "union_pattern",
        UnionType = "union_type",
        WhileStatement = "while_statement",
        WildcardImport = "wildcard_import",
        WithClause = "with_clause",
        WithItem = "with_item",
        WithStatement = "with_statement",
        Yield = "yield",
    }
}

names! {
    /// The part a node plays in its parent. `None` for a child without a field name.
    Field {
        None = "",
        Alias = "alias",
        Alternative = "alternative",
        Argument = "argument",
        Arguments = "arguments",
        Attribute = "attribute",
        Body = "body",
        Cause = "cause",
        Code = "code",
        Condition = "condition",
        Consequence = "consequence",
        Definition = "definition",
        Expression = "expression",
        FormatSpecifier = "format_specifier",
        Function = "function",
        Guard = "guard",
        Key = "key",
        Left = "left",
        ModuleName = "module_name",
        Name = "name",
        Object = "object",
        Operator = "operator",
        Operators = "operators",
        Parameters = "parameters",
        ReturnType = "return_type",
        Right = "right",
        Subject = "subject",
        Subscript = "subscript",
        Superclasses = "superclasses",
        Type = "type",
        TypeConversion = "type_conversion",
        TypeParameters = "type_parameters",
        Value = "value",
    }
}

/// The grammar's numbers to our enums.
pub(super) struct Grammar {
    /// With the flag [`NAMED`] of kinds that are more than a token.
    kinds: Vec<(Kind, u8)>,
    fields: Vec<Field>,
}

impl Grammar {
    pub(super) fn get() -> &'static Grammar {
        static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
        GRAMMAR.get_or_init(Grammar::load)
    }

    fn load() -> Grammar {
        let language = tree_sitter::Language::from(tree_sitter_python::LANGUAGE);
        let kind = |id: u16| match language.node_kind_for_id(id) {
            Some(name) if language.node_kind_is_named(id) => named(Kind::ALL, name).unwrap_or(Kind::Other),
            _ => Kind::Token,
        };
        let flag = |id: u16| if language.node_kind_is_named(id) { NAMED } else { 0 };
        let field = |id: u16| language.field_name_for_id(id).and_then(|name| named(Field::ALL, name));
        Grammar {
            kinds: (0..language.node_kind_count() as u16).map(|id| (kind(id), flag(id))).collect(),
            fields: (0..=language.field_count() as u16).map(|id| field(id).unwrap_or(Field::None)).collect(),
        }
    }

    /// What is in no list of the grammar is an error node.
    pub(super) fn kind(&self, id: u16) -> (Kind, u8) {
        self.kinds.get(id as usize).copied().unwrap_or((Kind::Error, NAMED))
    }

    pub(super) fn field(&self, id: Option<std::num::NonZeroU16>) -> Field {
        let index = id.map_or(0, |id| id.get() as usize);
        self.fields.get(index).copied().unwrap_or(Field::None)
    }
}

fn named<T: Copy>(all: &[(T, &str)], name: &str) -> Option<T> {
    all.iter().find(|(_, known)| *known == name).map(|(item, _)| *item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_ours_is_in_the_grammar_and_every_named_kind_of_the_grammar_is_ours() {
        let language = tree_sitter::Language::from(tree_sitter_python::LANGUAGE);
        for (kind, name) in Kind::ALL.iter().skip(3) {
            let id = language.id_for_node_kind(name, true);
            assert_eq!(Grammar::get().kind(id).0, *kind, "{name}");
        }
        for (field, name) in Field::ALL.iter().skip(1) {
            assert_eq!(Grammar::get().field(language.field_id_for_name(name)), *field, "{name}");
        }
        for id in 0..language.node_kind_count() as u16 {
            let name = language.node_kind_for_id(id).unwrap_or_default();
            let visible = language.node_kind_is_named(id) && language.node_kind_is_visible(id);
            assert!(!visible || Grammar::get().kind(id).0 != Kind::Other, "{name} is missing");
        }
    }
}
