namespace Loxi.Cli.Output;

/// <summary>How a command shows what it read.</summary>
internal enum OutputFormat
{
    /// <summary>The usual columns.</summary>
    Table,

    /// <summary>Every column.</summary>
    Wide,

    /// <summary>The JSON of the wire, indented.</summary>
    Json,

    /// <summary>The same as YAML.</summary>
    Yaml,
}
