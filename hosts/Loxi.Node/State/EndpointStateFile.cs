using System.Collections.Immutable;
using System.Text.Json;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Node.Endpoints;

namespace Loxi.Node.State;

/// <summary>What operators have said about endpoints, on disk: <c>endpoints.json</c> in the state directory, replaced whole at every change.</summary>
internal sealed class EndpointStateFile(string directory)
{
    /// <summary>The version of the format that is written and read.</summary>
    public const int FormatVersion = 1;

    /// <summary>Largest file that is read, in bytes.</summary>
    public const long LargestFile = 64 * 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>The full path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(directory), "endpoints.json");

    /// <summary>Reads the file; nothing when it is not there.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public EndpointModel Load()
    {
        if (WholeFile.Read(Path, LargestFile) is not { } content)
        {
            return EndpointModel.Empty;
        }

        var problems = new List<Problem>();
        try
        {
            using var document = JsonDocument.Parse(content, Options);
            Check(document.RootElement, problems);
            var model = problems.Count != 0 ? EndpointModel.Empty
                : Read(document.RootElement.Deserialize(StateJsonContext.Default.EndpointDocument)!, problems);
            return problems.Count == 0 ? model : throw new StateFileException(Path, [.. problems]);
        }
        catch (JsonException e)
        {
            throw WholeFile.NotJson(Path, content, e);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(EndpointModel model)
    {
        var document = new EndpointDocument
        {
            Version = FormatVersion,
            Endpoints = [.. model.Configured.Values.Order(Comparer<ConfiguredEndpoint>.Create(Compare)).Select(ToWire)],
            States = [.. model.States.OrderBy(static s => s.Key, Comparer<HeldEndpoint>.Create(Compare)).Select(static s => ToWire(s.Key, s.Value))],
        };
        WholeFile.Replace(Path, stream =>
        {
            JsonSerializer.Serialize(stream, document, StateJsonContext.Default.EndpointDocument);
            stream.WriteByte((byte)'\n');
        });
    }

    private static void Check(JsonElement root, List<Problem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(Problem.Of("", root.GetRawText(), "an object with endpoints and states"));
            return;
        }

        StateShape.Endpoints.Check(root, static () => "", problems);
    }

    private static EndpointModel Read(EndpointDocument document, List<Problem> problems)
    {
        if (document.Version != FormatVersion)
        {
            problems.Add(Problem.Of("version", document.Version, $"{FormatVersion}, the only version that this program reads"));
        }

        var configured = ImmutableDictionary.CreateBuilder<EndpointPlace, ConfiguredEndpoint>();
        foreach (var (index, item) in (document.Endpoints ?? []).Index())
        {
            var endpoint = EndpointReader.Read(item, out var found);
            problems.AddRange(found.Select(p => p.Within($"endpoints[{index}].")));
            if (endpoint is not null && !configured.TryAdd(new EndpointPlace(endpoint.Address, endpoint.Port), endpoint))
            {
                problems.Add(Problem.Of($"endpoints[{index}]", $"{endpoint.Address} {endpoint.Port}", "another hostName and probePort than those before"));
            }
        }

        var states = ImmutableDictionary.CreateBuilder<HeldEndpoint, HandState>();
        foreach (var (index, item) in (document.States ?? []).Index())
        {
            var good = EndpointReader.TryRead(item, out var held, out var state, out var found);
            problems.AddRange(found.Select(p => p.Within($"states[{index}].")));
            if (good && !states.TryAdd(held, state))
            {
                problems.Add(Problem.Of($"states[{index}]", $"{held.Address} {held.Port}", "another hostName, epPort and epProto than those before"));
            }
        }

        CheckCount("endpoints", configured.Count, problems);
        CheckCount("states", states.Count, problems);
        return new EndpointModel
        {
            Configured = configured.ToImmutable(),
            States = states.Where(static s => s.Value != HandState.Green).ToImmutableDictionary(),
        };
    }

    private static void CheckCount(string field, int count, List<Problem> problems)
    {
        if (count > EndpointModel.Limit)
        {
            problems.Add(Problem.Of(field, count, $"at most {EndpointModel.Limit}"));
        }
    }

    private static EndpointArguments ToWire(ConfiguredEndpoint endpoint) => new()
    {
        HostName = endpoint.Address.ToString(),
        Name = endpoint.Name.Length == 0 ? null : endpoint.Name,
        ProbeType = ProbeTypeNames.NameOf(endpoint.ProbeType),
        ProbePort = endpoint.Port,
        ProbeDuration = endpoint.Period == 0 ? null : endpoint.Period,
        InactiveRetries = endpoint.Fall == 0 ? null : endpoint.Fall,
    };

    private static EndpointHostState ToWire(HeldEndpoint endpoint, HandState state) => new()
    {
        HostName = endpoint.Address.ToString(),
        EndpointPort = endpoint.Port,
        EndpointProtocol = ServiceProtocolNames.NameOf(endpoint.Protocol),
        State = HandStateNames.NameOf(state),
    };

    private static int Compare(ConfiguredEndpoint left, ConfiguredEndpoint right) =>
        AddressOrder.Compare(left.Address, right.Address) is var order and not 0 ? order : left.Port.CompareTo(right.Port);

    private static int Compare(HeldEndpoint left, HeldEndpoint right)
    {
        var order = AddressOrder.Compare(left.Address, right.Address);
        order = order != 0 ? order : left.Port.CompareTo(right.Port);
        return order != 0 ? order : left.Protocol.CompareTo(right.Protocol);
    }
}
