using System.Text.Json.Serialization;

namespace Loxi.Ha.Transport.State;

/// <summary>What outlives the process. One that writes it: the thread of the keeper.</summary>
internal sealed class HaState
{
    public const int CurrentVersion = 1;

    public int Version { get; set; } = CurrentVersion;

    public ushort NodeId { get; set; }

    public ulong Incarnation { get; set; }

    public Dictionary<string, HaGroupState> Groups { get; set; } = new(StringComparer.Ordinal);

    public Dictionary<ushort, HaPeerState> Peers { get; set; } = [];

    public HaGroupState Group(string name)
    {
        if (!Groups.TryGetValue(name, out var group))
        {
            Groups[name] = group = new HaGroupState();
        }

        return group;
    }
}

/// <summary>What outlives the process of a VIP group.</summary>
internal sealed class HaGroupState
{
    public ulong Ceiling { get; set; }

    public ulong Term { get; set; }

    public bool ExternalUsed { get; set; }

    public bool Pinned { get; set; }
}

/// <summary>What outlives the process of a peer: only what was authenticated.</summary>
internal sealed class HaPeerState
{
    public ulong Incarnation { get; set; }

    public ulong Sequence { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(HaState))]
internal sealed partial class HaStateJson : JsonSerializerContext;
