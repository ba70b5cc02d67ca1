namespace Loxi.Ha.Roles;

/// <content>Other peers and other times without a restart.</content>
public sealed partial class RoleCore
{
    /// <summary>Takes other settings. Of the peers that stay nothing is forgotten; one that is new is listened to from now on; one that is gone is forgotten.</summary>
    /// <param name="settings">The settings: the own id, the source and the number of paths are those of before.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    /// <exception cref="ArgumentException">A setting is out of its range or may not change.</exception>
    public void Change(RoleSettings settings, TimeSpan now, List<RoleAction> actions)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Check(settings);
        Range(settings.NodeId == _settings.NodeId, nameof(settings.NodeId), settings.NodeId, $"{_settings.NodeId} as before");
        Range(settings.Source == _settings.Source, nameof(settings.Source), settings.Source, $"{_settings.Source} as before");
        Range(settings.Paths == _settings.Paths, nameof(settings.Paths), settings.Paths, $"{_settings.Paths} as before");
        Enter(now, actions);
        var peers = new PeerState[settings.Peers.Length];
        var paths = new PathState[settings.Peers.Length * settings.Paths];
        for (var i = 0; i < peers.Length; i++)
        {
            var old = IndexOf(settings.Peers[i]);
            peers[i] = old >= 0 ? _peers[old] : new PeerState { Id = settings.Peers[i], Masters = [] };
            if (old >= 0)
            {
                _paths.AsSpan(old * settings.Paths, settings.Paths).CopyTo(paths.AsSpan(i * settings.Paths));
            }
        }

        (_peers, _paths, _settings) = (peers, paths, settings);

        // A shorter dead-man time binds at once.
        RefreshGates(now);
    }

    /// <summary>A path to a peer is taken away: it is no silent one.</summary>
    /// <param name="peer">The peer; nothing happens for one that is not known.</param>
    /// <param name="path">The path.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such path.</exception>
    public void ForgetPath(ushort peer, int path)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(path);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(path, _settings.Paths);
        if (IndexOf(peer) is >= 0 and var i)
        {
            _paths[(i * _settings.Paths) + path] = default;
        }
    }

    /// <summary>What a peer says from now on can be trusted more than what it said before, whose sequence anybody can have made up.</summary>
    internal void ForgetSequence(ushort peer)
    {
        if (IndexOf(peer) is >= 0 and var i)
        {
            _peers[i].Sequence = 0;
        }
    }
}
