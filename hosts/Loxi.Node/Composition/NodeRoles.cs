using System.Collections.Immutable;
using Loxi.Api.Wire;
using Loxi.Node.Rest;
using Loxi.Node.Roles;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>The roles of this node, as posted by a controller or as decided with other nodes. The first post ever is remembered on disk before it is obeyed.</summary>
internal sealed partial class NodeRoles(RoleStateFile file, ILogger<NodeRoles> logger) : INodeRoles, IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _posting = new(1, 1);
    private readonly Lock _gate = new();
    private volatile RoleModel _posted = RoleModel.None;
    private volatile RoleModel? _decided;
    private ImmutableHashSet<string> _held = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Raised when <see cref="Roles"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>The roles in force: those that the nodes have decided, else those that were posted.</summary>
    public RoleModel Roles => _decided ?? _posted;

    /// <summary>The roles to announce routes with: a group that was just given away by plan is still told as its master, until the other node is known to routers (R8).</summary>
    public RoleModel Announced
    {
        get
        {
            lock (_gate)
            {
                var roles = Roles;
                return _held.IsEmpty ? roles : roles with { Groups = roles.Groups.SetItems(_held.Where(roles.Groups.ContainsKey).Select(group => KeyValuePair.Create(group, roles.Groups[group] with { Role = NodeRole.Master }))) };
            }
        }
    }

    /// <summary>What a controller posted last, by group.</summary>
    public RoleModel Posted => _posted;

    /// <summary>The nodes will decide: until they have, no group has a role.</summary>
    public void BeginDeciding() => _decided = RoleModel.Awaited;

    /// <summary>Forgets the decided roles of groups that there are no more.</summary>
    /// <param name="groups">The groups that there are.</param>
    public void Keep(IReadOnlySet<string> groups)
    {
        lock (_gate)
        {
            if (_decided is { } before && before.Groups.Keys.Any(name => !groups.Contains(name)))
            {
                _decided = before with { Groups = before.Groups.RemoveRange(before.Groups.Keys.Where(name => !groups.Contains(name))) };
            }
        }
    }

    /// <summary>Routers may know by now that this node has given a group away.</summary>
    public void Release(string group)
    {
        lock (_gate)
        {
            _held = _held.Remove(group);
        }

        Changed?.Invoke();
    }

    /// <summary>The nodes have decided: from now on posts are requests.</summary>
    /// <param name="group">The VIP group.</param>
    /// <param name="role">The role.</param>
    /// <param name="isHeld">Whether routers are not told before <see cref="Release"/>.</param>
    public void Decide(string group, NodeRole role, bool isHeld = false)
    {
        lock (_gate)
        {
            _held = isHeld ? _held.Add(group) : _held.Remove(group);
            var before = _decided ?? RoleModel.Awaited;
            var vip = _posted.Groups.TryGetValue(group, out var posted) ? posted.Vip : GroupRole.NotDefined.Vip;
            _decided = before with { Groups = before.Groups.SetItem(group, new GroupRole(role, vip)) };
        }

        Changed?.Invoke();
    }

    /// <summary>Reads the state file.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    public void Load() => _posted = file.Load();

    public async Task<RoleResult> PostAsync(ClusterState state, CancellationToken cancellationToken)
    {
        await _posting.WaitAsync(cancellationToken);
        try
        {
            var before = _posted;
            var result = before.Post(state, out var desired);
            if (ReferenceEquals(before, desired))
            {
                return result;
            }

            if (!before.AreUsed)
            {
                file.Save(desired);
            }

            _posted = desired;
            foreach (var (group, now) in _decided is not null ? [] : desired.Groups.Where(g => before.RoleOf(g.Key) != g.Value.Role))
            {
                LogRole(group, NodeRoleNames.Of(now.Role), NodeRoleNames.Of(before.RoleOf(group)));
            }

            Changed?.Invoke();
            return result;
        }
        finally
        {
            _posting.Release();
        }
    }

    public void Dispose() => _posting.Dispose();

    [LoggerMessage(8060, LogLevel.Information, "The role in VIP group {Group} is {Role}; it was {Before}")]
    private partial void LogRole(string group, string role, string before);
}
