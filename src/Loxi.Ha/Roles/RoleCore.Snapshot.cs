namespace Loxi.Ha.Roles;

/// <content>Copies of the state and access to all of it, for a model checker.</content>
public sealed partial class RoleCore
{
    internal Span<PeerState> PeerStates => _peers;

    /// <summary>Those of the first peer, then those of the second.</summary>
    internal Span<PathState> PathStates => _paths;

    internal ref RoleState State => ref _s;

    internal ulong Incarnation { get => _incarnation; set => _incarnation = value; }

    /// <summary>An equal core that goes its own way.</summary>
    internal RoleCore Clone()
    {
        var copy = (RoleCore)MemberwiseClone();
        copy._peers = (PeerState[])_peers.Clone();
        copy._paths = (PathState[])_paths.Clone();
        copy._out = [];
        return copy;
    }

    /// <summary>Becomes an equal of another core of the same node and the same rules, without making a new one.</summary>
    internal void CopyFrom(RoleCore other)
    {
        _s = other._s;
        _incarnation = other._incarnation;
        other._peers.CopyTo(_peers, 0);
        other._paths.CopyTo(_paths, 0);
    }
}
