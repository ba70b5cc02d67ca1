using System.Text.Json;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Node.Bgp;

namespace Loxi.Node.State;

/// <summary>
/// The BGP configuration on disk: <c>bgp.json</c> in the state directory, replaced whole at every change. It holds the passwords of peers, so only its
/// owner may read it, and no problem shows what is in it.
/// </summary>
internal sealed class BgpStateFile(string directory)
{
    /// <summary>The version of the format that is written and read.</summary>
    public const int FormatVersion = 1;

    /// <summary>Largest file that is read, in bytes.</summary>
    public const long LargestFile = 64 * 1024 * 1024;

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>The full path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(directory), "bgp.json");

    /// <summary>Reads the file; nothing when it is not there.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public BgpModel Load(BgpDefaults defaults, IBgpHost host)
    {
        if (WholeFile.Read(Path, LargestFile) is not { } content)
        {
            return BgpModel.Empty;
        }

        var problems = new List<Problem>();
        try
        {
            using var document = JsonDocument.Parse(content, Options);
            Check(document.RootElement, problems);
            var model = problems.Count != 0 ? BgpModel.Empty
                : Read(document.RootElement.Deserialize(StateJsonContext.Default.BgpDocument)!, defaults, host, problems);
            return problems.Count == 0 ? model : throw new StateFileException(Path, [.. problems]);
        }
        catch (JsonException e)
        {
            throw WholeFile.NotJson(Path, content, e, showsContent: false);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(BgpModel model)
    {
        var document = new BgpDocument
        {
            Version = FormatVersion,
            Global = model.Speaker is null ? null : BgpWire.ToArguments(model.Speaker),
            Neighbors = [.. model.InOrder.Select(static peer => BgpWire.ToArguments(peer, withPassword: true))],
            DynamicNeighbors = model.Ranges.IsEmpty ? null : [.. model.RangesInOrder.Select(static range => BgpWire.ToArguments(range, withPassword: true))],
            DefinedSets = Enum.GetValues<BgpSetKind>().Select(kind => (Name: NameOf(kind), Sets: BgpPolicyWire.SetsOf(model.Policies, kind).ToArray())).Where(static s => s.Sets.Length != 0)
                .ToDictionary(static s => s.Name, static s => (IReadOnlyList<BgpDefinedSet>)s.Sets),
            Definitions = [.. model.Policies.Policies.Select(BgpPolicyWire.ToWire)],
        };
        WholeFile.Replace(
            Path,
            stream =>
            {
                JsonSerializer.Serialize(stream, document, StateJsonContext.Default.BgpDocument);
                stream.WriteByte((byte)'\n');
            },
            Mode);
    }

    /// <summary>The name of a kind of sets, as in the path of its <c>POST</c>.</summary>
    public static string NameOf(BgpSetKind kind) => kind.ToString().ToLowerInvariant();

    private static void Check(JsonElement root, List<Problem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(Problem.Of("", root.ValueKind, "an object with global and neighbors"));
            return;
        }

        StateShape.Bgp.Check(root, static () => "", problems);
    }

    /// <summary>In the order in which each needs what is before: sets, policies, speaker, peers.</summary>
    private static BgpModel Read(BgpDocument document, BgpDefaults defaults, IBgpHost host, List<Problem> problems)
    {
        if (document.Version is not (null or FormatVersion))
        {
            problems.Add(Problem.Of("version", document.Version, $"{FormatVersion}, the only version that this program reads"));
        }

        var model = BgpModel.Empty;
        foreach (var kind in Enum.GetValues<BgpSetKind>())
        {
            var name = NameOf(kind);
            Add(document.DefinedSets?.GetValueOrDefault(name), $"definedsets.{name}", static s => s.Name ?? "", (BgpModel m, BgpDefinedSet s, out BgpModel d) => m.PutSet(kind, s, out d), ref model, problems);
        }

        Add(document.Definitions, "definitions", static p => p.Name ?? "", static (BgpModel m, BgpPolicyDefinition p, out BgpModel d) => m.PutPolicy(p, out d), ref model, problems);
        if (document.Global is { } global)
        {
            problems.AddRange(model.PutSpeaker(global, defaults, host, out model).Problems.Select(static p => p.Within("global.")));
        }

        Add(document.Neighbors, "neighbors", static n => $"{n.IPAddress}%{n.Interface}", static (BgpModel m, BgpNeighborArguments n, out BgpModel d) => m.PutPeer(n, out d), ref model, problems);
        Add(
            document.DynamicNeighbors, "dynamicNeighbors", static n => $"{n.Prefix}%{n.Interface}", static (BgpModel m, BgpDynamicNeighborArguments n, out BgpModel d) => m.PutRange(n, out d), ref model, problems);
        return model;
    }

    private delegate BgpResult Adder<T>(BgpModel model, T item, out BgpModel desired);

    private static void Add<T>(IReadOnlyList<T>? items, string field, Func<T, string> name, Adder<T> add, ref BgpModel model, List<Problem> problems)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, item) in (items ?? []).Index())
        {
            // What two say about the same is no change.
            if (!seen.Add(name(item)))
            {
                problems.Add(Problem.Of($"{field}[{index}]", name(item).TrimEnd('%'), "each name or address once"));
                continue;
            }

            var result = add(model, item, out model);
            if (result.Outcome != BgpOutcome.LimitReached)
            {
                problems.AddRange(result.Problems.Select(p => p.Within($"{field}[{index}].")));
            }
            else
            {
                problems.Add(Problem.Of(field, items!.Count, $"at most {(result.Problems.IsEmpty ? BgpModel.Limit : BgpModel.RangeLimit)}"));
                return;
            }
        }
    }
}
