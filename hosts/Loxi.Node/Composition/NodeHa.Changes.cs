using System.Collections.Immutable;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.Rest;

namespace Loxi.Node.Composition;

/// <content>Other nodes and keys, changed while the node runs.</content>
internal sealed partial class NodeHa : INodeHaSettings
{
    public int Self => options.PortSlice.Index;

    public async Task<HaModel> ReadSettingsAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return configuration.Current;
    }

    public Task<HaChange> PutPeerAsync(int node, HaPeerSettings peer, CancellationToken cancellationToken) => ChangePeersAsync(current =>
    {
        var problems = new List<Problem>();
        if (node == Self)
        {
            // A number cannot change while the node runs: its terms and ports are made of it.
            return Refuse(HaChangeOutcome.Refused, current, Problem.Of("node", node, "the number of another node; the own one (--self) changes with a restart only"));
        }

        if (peer.Node is { } named && named != node)
        {
            problems.Add(Problem.Of("node", named, $"{node}, as in the path"));
        }

        var desired = HaPeerReader.Read(peer, node, problems);
        var pins = ReadPins(peer, node, current, problems);
        if (desired is null || problems.Count != 0)
        {
            return new HaChange(HaChangeOutcome.Malformed, current, [.. problems]);
        }

        var model = current.WithPeers([.. current.Peers.Where(p => p.NodeId != node), desired], areStored: true);
        model = pins is null ? model : model with { SyncPins = model.SyncPins.SetItem(node, pins.Value) };
        if (model.Peers.Length > RoleSpeakerSettings.MostPeers)
        {
            return Refuse(HaChangeOutcome.LimitReached, current, Problem.Of("peers", model.Peers.Length, $"at most {RoleSpeakerSettings.MostPeers}"));
        }

        var own = $"{RoleSpeakerFields.Peers}[{model.Peers.IndexOf(desired)}].";
        var wrong = HaPeerReader.Check(model.Peers, Self, options.PortSlice.Count)
            .Select(p => p.Field.StartsWith(own, StringComparison.Ordinal) ? p with { Field = p.Field[own.Length..] } : p).ToImmutableArray();
        return wrong.IsEmpty ? HaChange.Done(model) : new HaChange(HaChangeOutcome.Malformed, current, wrong);
    }, cancellationToken);

    public Task<HaChange> RemovePeerAsync(int node, CancellationToken cancellationToken) => ChangePeersAsync(current =>
    {
        if (current.Peers.All(p => p.NodeId != node))
        {
            return new HaChange(HaChangeOutcome.NotFound, current, []);
        }

        // Without other nodes a controller would decide, or nobody: who decides changes with a restart only.
        return current.Peers.Length == 1
            ? Refuse(HaChangeOutcome.Refused, current, Problem.Of("node", node, $"one that is not the last: a node that decides alone is started without {ClusterFlag.Name}"))
            : HaChange.Done(current.WithPeers(current.Peers.Where(p => p.NodeId != node), areStored: true) with { SyncPins = current.SyncPins.Remove(node) });
    }, cancellationToken);

    public Task<HaChange> ResetPeersAsync(CancellationToken cancellationToken) => ChangePeersAsync(_ => HaChange.Done(configuration.WithPeersOfFlags()), cancellationToken);

    public async Task<HaChange> SetKeysAsync(HaKeysArguments arguments, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        await _following.WaitAsync(cancellationToken);
        try
        {
            var current = configuration.Current;
            var problems = new List<Problem>();
            var reread = ReadKeyFile(arguments, problems);
            var desired = problems.Count != 0 ? null : HaKeysReader.Read(arguments, current.Authentication, reread, problems);
            if (desired is null)
            {
                return new HaChange(HaChangeOutcome.Malformed, current, [.. problems]);
            }

            if (!options.Ha.HasPeers)
            {
                return Refuse(HaChangeOutcome.Refused, current, NoPeers());
            }

            var against = HaKeysGuard.Forbidden(current.Authentication, desired) is { } never ? [never]
                : arguments.Force == true ? [] : HaKeysGuard.Unheard((await speaker.ReadStatusAsync()).Peers, current.Authentication, desired);
            if (!against.IsEmpty)
            {
                return new HaChange(HaChangeOutcome.Refused, current, against);
            }

            var ofFile = reread is not null || (arguments.Keys is null && current.AreKeysOfFile && !desired.Keys.IsEmpty);
            var change = await PutInForceAsync(current with { Authentication = desired, IsAuthenticationStored = true, AreKeysOfFile = ofFile });
            if (change.Outcome == HaChangeOutcome.Done)
            {
                LogKeys(HaNames.Of(desired.Mode), desired.SendKeyId, string.Join(", ", desired.Keys.Select(static k => k.Id)));
            }

            return change;
        }
        finally
        {
            _following.Release();
        }
    }

    /// <summary>Where connections are kept alike each node has a pin: one without would be waited for in vain.</summary>
    private ImmutableArray<CertificatePin>? ReadPins(HaPeerSettings peer, int node, HaModel current, List<Problem> problems)
    {
        var pins = HaPeerReader.ReadPins(peer, problems);
        var isKept = options.Ha.KeepsConnections;
        if (pins is not null && !isKept)
        {
            problems.Add(Problem.Of(HaPeerReader.Pins, string.Join(", ", peer.SyncPins!), $"none: connections are kept alike on nodes that were started with {SyncFlag.Name}"));
        }
        else if (pins is null && isKept && !options.Ha.PairsSync && !current.SyncPins.ContainsKey(node))
        {
            problems.Add(Problem.Of(HaPeerReader.Pins, "none", $"the pin of node {node}, what loxid --ha-sync-pin prints there: connections are kept alike ({SyncFlag.Name})"));
        }

        return pins;
    }

    private ImmutableArray<HelloKey>? ReadKeyFile(HaKeysArguments arguments, List<Problem> problems)
    {
        if (arguments.Reread != true)
        {
            return null;
        }

        if (arguments.Keys is not null)
        {
            problems.Add(Problem.Of("reread", "true", "false where keys are given"));
        }
        else if (options.Ha.KeyFile is null)
        {
            problems.Add(Problem.Of("reread", "true", "false on a node that was started without --ha-keys"));
        }
        else
        {
            try
            {
                return HelloKeyFile.Read(options.Ha.KeyFile);
            }
            catch (InvalidRoleSpeakerSettingsException e)
            {
                problems.AddRange(e.Problems);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add(Problem.Of("--ha-keys", options.Ha.KeyFile, $"a file that can be read ({e.Message})"));
            }
        }

        return null;
    }

    private async Task<HaChange> ChangePeersAsync(Func<HaModel, HaChange> change, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        await _following.WaitAsync(cancellationToken);
        try
        {
            var before = configuration.Current;
            if (!options.Ha.HasPeers)
            {
                return Refuse(HaChangeOutcome.Refused, before, NoPeers());
            }

            var result = change(before);
            if (result.Outcome != HaChangeOutcome.Done || result.Model.HasPeersOf(before))
            {
                return result;
            }

            // What the others say while they come or go is no conflict either.
            await announcer.SetPeersAsync([.. before.Addresses.Union(result.Model.Addresses)]);
            try
            {
                result = await PutInForceAsync(result.Model);
                if (result.Outcome != HaChangeOutcome.Done)
                {
                    return result;
                }

                await keepAlive.SetKeepAliveAsync(configuration.Current.Follow(options.KeepAlive));
            }
            finally
            {
                await announcer.SetPeersAsync(configuration.Current.Addresses);
            }

            LogPeers(string.Join(", ", configuration.Current.Peers.Select(static p => p.NodeId)));
            // Gateways, and who may hand packets over.
            Signal();
            return result;
        }
        finally
        {
            _following.Release();
        }
    }

    /// <summary>Stores settings, then puts them in force. What cannot be put in force is taken back.</summary>
    private async Task<HaChange> PutInForceAsync(HaModel model)
    {
        var before = configuration.Current;
        configuration.Store(model);
        try
        {
            // Connections first: of the two it alone may find that something is wrong.
            await ApplySyncAsync(model);
            await speaker.ApplyAsync(Settings(model, _groups));
            return HaChange.Done(model);
        }
        catch (Exception e) when (e is InvalidRoleSpeakerSettingsException or InvalidSyncSettingsException)
        {
            await TakeBackAsync(before);
            return new HaChange(HaChangeOutcome.Malformed, before, e is InvalidRoleSpeakerSettingsException wrong ? wrong.Problems
                : [.. ((InvalidSyncSettingsException)e).Problems.Select(static p => p.Field.EndsWith(".pins", StringComparison.Ordinal) ? p with { Field = HaPeerReader.Pins } : p)]);
        }
        catch
        {
            await TakeBackAsync(before);
            throw;
        }
    }

    /// <summary>Pins that were refused are not trusted, also where the disk cannot be written.</summary>
    private async Task TakeBackAsync(HaModel before)
    {
        try
        {
            await ApplySyncAsync(before);
        }
        finally
        {
            configuration.TakeBack(before);
        }
    }

    private Task ApplySyncAsync(HaModel model) => sync?.ApplyAsync(model) ?? Task.CompletedTask;

    private static HaChange Refuse(HaChangeOutcome outcome, HaModel model, Problem problem) => new(outcome, model, [problem]);

    private static Problem NoPeers() => Problem.Of("source", "not the nodes", $"nodes that decide: who decides changes with a restart only, with {ClusterFlag.Name} and --self");

    [LoggerMessage(8078, LogLevel.Information, "The other nodes are now {Nodes}")]
    private partial void LogPeers(string nodes);

    [LoggerMessage(8079, LogLevel.Information, "HELLO authentication is now {Mode}, sending with key {Send}; keys {Keys}")]
    private partial void LogKeys(string mode, ushort? send, string keys);
}
