using System.Collections.Immutable;
using Loxi.Core;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>
/// The other nodes and the keys of this node. Those of the flags, until a change is stored: from then on what is stored is in force, and flags that say something else are
/// told. Whether there are other nodes at all is for the flags to say, because it decides who decides.
/// </summary>
internal sealed partial class HaConfiguration(HaFile file, NodeOptions options, ILogger<HaConfiguration> logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>What is in force.</summary>
    public HaModel Current { get; private set; } = new();

    /// <summary>Reads the state file and the key file.</summary>
    /// <exception cref="StateFileException">The state file is damaged, or does not fit the flags.</exception>
    /// <exception cref="InvalidRoleSpeakerSettingsException">The key file has wrong lines, or others may read it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public void Load()
    {
        var stored = file.Load();
        if (!options.Ha.HasPeers)
        {
            if (stored is { Peers: not null } or { Authentication: not null } or { Drain: not null })
            {
                LogNotUsed(file.Path, ClusterFlag.Name);
            }

            Current = OfFlags(new HaModel());
            return;
        }

        var problems = new List<Problem>();
        var model = ReadAuthentication(ReadPeers(stored, problems), stored, problems) with
        {
            PinnedBeforeDrain = stored?.Drain is { } drain ? [.. drain.Pinned ?? []] : null,
        };
        Current = problems.Count == 0 ? model : throw new StateFileException(file.Path, [.. problems]);
    }

    /// <summary>The model with the nodes of the flags.</summary>
    public HaModel WithPeersOfFlags() => Current.WithPeers(options.Ha.Peers, areStored: false) with { SyncPins = options.Ha.SyncPeers.ToImmutableSortedDictionary(static p => (int)p.NodeId, static p => p.Pins) };

    /// <summary>Stores other settings; they are <see cref="Current"/> when that is done.</summary>
    /// <exception cref="IOException">They cannot be written; nothing is changed.</exception>
    public void Store(HaModel model)
    {
        file.Save(model);
        Current = model;
    }

    /// <summary>Stores what was in force before a change that could not be put in force.</summary>
    /// <exception cref="IOException">It cannot be written: after a restart the change is in force.</exception>
    public void TakeBack(HaModel before)
    {
        Current = before;
        file.Save(before);
    }

    private HaModel ReadPeers(HaDocument? stored, List<Problem> problems)
    {
        var model = WithPeersOfFlags();
        if (stored?.Peers is null)
        {
            return model;
        }

        var count = problems.Count;
        var peers = new List<RolePeer>();
        var pins = model.SyncPins;
        foreach (var (i, wire) in stored.Peers.Index())
        {
            var own = new List<Problem>();
            if (HaPeerReader.Read(wire, wire.Node ?? -1, own) is { } peer)
            {
                peers.Add(peer);
                pins = HaPeerReader.ReadPins(wire, own) is { } known ? pins.SetItem(peer.NodeId, known) : pins;
            }

            problems.AddRange(own.Select(p => p.Within($"peers[{i}].")));
        }

        var read = model.WithPeers(peers, areStored: true) with { SyncPins = pins };
        if (problems.Count == count)
        {
            problems.AddRange(HaPeerReader.Check(read.Peers, options.PortSlice.Index, options.PortSlice.Count));
        }

        if (!read.Peers.Select(Text).SequenceEqual(model.Peers.Select(Text), StringComparer.Ordinal))
        {
            LogFlagDiffers(ClusterFlag.Name, string.Join("; ", model.Peers.Select(Text)), string.Join("; ", read.Peers.Select(Text)), file.Path);
        }

        if (!options.Ha.SyncPeers.IsEmpty && model.SyncPins.Any(p => !read.SyncPins[p.Key].SequenceEqual(p.Value)))
        {
            LogFlagDiffers(SyncFlag.Name, Text(model), Text(read), file.Path);
        }

        return read;
    }

    private HaModel ReadAuthentication(HaModel model, HaDocument? stored, List<Problem> problems)
    {
        if (stored?.Authentication is not { } wire)
        {
            return OfFlags(model);
        }

        var start = new HelloAuthentication { Required = options.Ha.Required };
        var ofFile = wire.Keys is null && wire.Mode != HaNames.Of(HelloAuthenticationMode.Bootstrap);
        if (ofFile && options.Ha.KeyFile is null)
        {
            problems.Add(Problem.Of("authentication.keys", "none", "keys, or the flag --ha-keys with the file that has them"));
            return model;
        }

        var own = new List<Problem>();
        var read = HaKeysReader.Read(wire, start, ofFile ? HelloKeyFile.Read(options.Ha.KeyFile!) : null, own);
        problems.AddRange(own.Select(static p => p.Within("authentication.")));
        if (options.Ha.Mode is { } mode && read is not null && mode != read.Mode)
        {
            LogFlagDiffers("--ha-auth", HaNames.Of(mode), HaNames.Of(read.Mode), file.Path);
        }

        if (options.Ha.KeyFile is { } path && !ofFile)
        {
            LogFlagDiffers("--ha-keys", path, "the keys that are stored", file.Path);
        }

        return model with { Authentication = read ?? start, IsAuthenticationStored = true, AreKeysOfFile = ofFile };
    }

    private HaModel OfFlags(HaModel model) => options.Ha.Required && options.Ha.KeyFile is null
        ? throw new InvalidOperationException(Problem.Of("--ha-auth", "required", $"keys by --ha-keys, or stored ones in {file.Path} (loxictl ha keys, ha pair)").ToString())
        : model with { Authentication = HaSettings.ReadKeys(options.Ha), AreKeysOfFile = options.Ha.KeyFile is not null };

    private static string Text(HaModel model) => string.Join(',', model.SyncPins.SelectMany(static p => p.Value.Select(pin => $"{p.Key}@{pin}")));

    private static string Text(RolePeer peer) => $"node {peer.NodeId}: {string.Join(", ", peer.Paths.Select(static p => p.ToString()).Order(StringComparer.Ordinal))}";

    [LoggerMessage(8076, LogLevel.Warning, "{Flag} says '{Flags}', which is not in force: '{Stored}' was stored in {Path} after a change by REST")]
    private partial void LogFlagDiffers(string flag, string flags, string stored, string path);

    [LoggerMessage(8077, LogLevel.Warning, "The other nodes and keys of {Path} are not used: without {Flag} the nodes do not decide")]
    private partial void LogNotUsed(string path, string flag);
}
