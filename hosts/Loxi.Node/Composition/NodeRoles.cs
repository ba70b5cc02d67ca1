using Loxi.Api.Wire;
using Loxi.Node.Rest;
using Loxi.Node.Roles;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>The roles of this node. The first post ever is remembered on disk before it is obeyed.</summary>
internal sealed partial class NodeRoles(RoleStateFile file, ILogger<NodeRoles> logger) : INodeRoles, IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _posting = new(1, 1);
    private volatile RoleModel _roles = RoleModel.None;

    /// <summary>Raised when <see cref="Roles"/> has changed.</summary>
    public event Action? Changed;

    public RoleModel Roles => _roles;

    /// <summary>Reads the state file.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    public void Load() => _roles = file.Load();

    public async Task<RoleResult> PostAsync(ClusterState state, CancellationToken cancellationToken)
    {
        await _posting.WaitAsync(cancellationToken);
        try
        {
            var before = _roles;
            var result = before.Post(state, out var desired);
            if (ReferenceEquals(before, desired))
            {
                return result;
            }

            if (!before.AreUsed)
            {
                file.Save(desired);
            }

            _roles = desired;
            foreach (var (group, now) in desired.Groups.Where(g => before.RoleOf(g.Key) != g.Value.Role))
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
