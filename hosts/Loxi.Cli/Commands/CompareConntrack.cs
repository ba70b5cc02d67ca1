using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Loxi.Api;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get conntrack --compare</c>: the open connections that another node does not have alike.</summary>
internal sealed class CompareConntrack(CommandRunner runner)
{
    private const string Name = "--compare";
    private const int DefaultExamples = 10;

    private readonly Option<string?> _other = OptionFactory.Text(
        Name, "url", $"The API of another node: which open connections one of the two lacks, or has otherwise, by the tables of their kernels; --limit says how many to show. Exit code {ExitCode.Refused} when there are any.");

    public Option<string?> Option => _other;

    /// <summary>Compares, where that is asked for.</summary>
    /// <returns>False when it is not.</returns>
    public async Task<bool> TryShowAsync(NodeSession session, ParseResult parse, View view, ConnectionFilter filter, bool isCount, long? limit, CancellationToken cancellationToken)
    {
        if (parse.GetValue(_other) is not { } text)
        {
            return false;
        }

        if (!filter.MatchesAll || isCount)
        {
            throw new CliException(ExitCode.Usage, $"{Name}: expected no filter and no --count: all open connections are compared");
        }

        var address = GlobalOptions.Address(Name, text);
        var there = new ComparedNode(
            () => runner.AskAsync(parse, address, other => other.Client.GetHaConnectionSumsAsync(cancellationToken)),
            buckets => runner.AskAsync(parse, address, other => other.Client.ListHaConnectionsAsync(buckets, cancellationToken)));
        var comparison = new ConnectionComparison(ComparedNode.Of(session.Client, cancellationToken), there, runner.Environment.Time);
        await comparison.BeginAsync();
        if (comparison.Here.Run == comparison.There.Run)
        {
            throw new CliException(ExitCode.Usage, $"{Name} '{text}': expected another node than {session.Address}, which is the same process");
        }

        var differences = await comparison.FindAsync(cancellationToken);
        if (!view.TryWriteDocument(DocumentOf(comparison, differences)))
        {
            Show(comparison, differences, address, view, (int)(limit ?? DefaultExamples));
        }

        if (differences.Count != 0)
        {
            throw new CliException(ExitCode.Refused, Text($"{differences.Count} open connections are not alike on {session.Address} and {address}"));
        }

        return true;
    }

    private static void Show(ConnectionComparison comparison, IReadOnlyList<ConnectionDifference> differences, Uri address, View view, int limit)
    {
        var counts = differences.CountBy(static d => d.Kind).ToDictionary();
        view.Screen.WriteLine(Text(
            $"{comparison.Here.Count} open connections here (node {comparison.Here.Node}), {comparison.There.Count} on {address.Authority} (node {comparison.There.Node}): {counts.GetValueOrDefault("missing there")} missing there, {counts.GetValueOrDefault("missing here")} missing here, {counts.GetValueOrDefault("different")} different."));
        if (differences.Count == 0)
        {
            return;
        }

        var table = view.Screen.Table("DIFFERENCE", "PROTO", "CLIENT", "EXTERNAL", "HERE", "THERE");
        foreach (var d in differences.GroupBy(static d => d.Kind).SelectMany(kind => kind.Take(limit)))
        {
            Screen.AddRow(table, d.Kind, d.Any.Protocol, ServiceNames.At(d.Any.ClientIP, d.Any.ClientPort), ServiceNames.At(d.Any.ExternalIP, d.Any.ExternalPort), WayOf(d.Here, view), WayOf(d.There, view));
        }

        view.Screen.Write(table);
    }

    private static string? WayOf(HaConnection? connection, View view) => connection is not { } c ? null
        : $"{ServiceNames.At(c.SourceIP, c.SourcePort)} > {ServiceNames.At(c.EndpointIP, c.EndpointPort)} {c.State}{(view.IsWide ? Text($" version {c.Version}, idle {c.Idle} ms") : "")}";

    private static ReadOnlyMemory<byte> DocumentOf(ConnectionComparison comparison, IReadOnlyList<ConnectionDifference> differences)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteNumber("here", comparison.Here.Count);
        writer.WriteNumber("there", comparison.There.Count);
        writer.WriteStartArray("differences");
        foreach (var difference in differences)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", difference.Kind);
            foreach (var (name, connection) in new[] { ("here", difference.Here), ("there", difference.There) })
            {
                if (connection is not null)
                {
                    writer.WritePropertyName(name);
                    JsonSerializer.Serialize(writer, connection, LoxiJson.HaConnection);
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
