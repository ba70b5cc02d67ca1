using System.Text.Json;
using Loxi.Cli.Session;

namespace Loxi.Cli.Output;

/// <summary>Where a <c>get</c> command shows what it read, and in which format.</summary>
internal sealed class View(NodeSession session, CliEnvironment environment, OutputFormat format)
{
    public Screen Screen { get; } = new(environment);

    public bool IsWide => format == OutputFormat.Wide;

    /// <summary>Shows the last answer as it was on the wire when json or yaml is wanted.</summary>
    /// <param name="keep">Which elements of its lists to show; null = all.</param>
    /// <returns>False when a table is wanted.</returns>
    public bool TryWriteDocument(Func<JsonElement, bool>? keep = null) => TryWriteDocument(session.LastBody, keep);

    /// <summary>As <see cref="TryWriteDocument(Func{JsonElement, bool}?)"/>, where the node says by an error that there is nothing.</summary>
    public bool TryWriteDocument(ReadOnlyMemory<byte> body, Func<JsonElement, bool>? keep = null)
    {
        if (format is OutputFormat.Table or OutputFormat.Wide)
        {
            return false;
        }

        Document.Write(environment.Output, body, format, keep);
        return true;
    }

    /// <summary>Tells something that is not part of the output.</summary>
    public void Note(string text) => Loxictl.Report(environment, [text]);
}
