using System.Net;

namespace Loxi.Nat.Tables;

/// <summary>
/// What a change of many services will do to the table of source addresses, tried before its first write. Keeps the node's addresses that it
/// has asked the kernel for until it is disposed, so that the change does not ask again and finds the same.
/// </summary>
internal sealed class SourcePlan(SourceTable sources, NodeAddresses nodes) : IDisposable
{
    private readonly RangeAllocator _places = sources.Places.Copy();
    private readonly Dictionary<SourceContent, int> _users = [];
    private readonly List<IPAddress> _followed = [];

    public IPAddress? NodeTowards(IPAddress destination)
    {
        var node = nodes.Take(destination);
        _followed.Add(destination);
        return node;
    }

    /// <exception cref="TableFullException">There is no room for them.</exception>
    public void Take(UInt128[] addresses)
    {
        if (addresses.Length == 0)
        {
            return;
        }

        var content = new SourceContent(addresses);
        var users = UsersOf(content);
        if (users == 0 && !_places.TryTake((uint)addresses.Length, out _))
        {
            throw sources.Full();
        }

        _users[content] = users + 1;
    }

    public void Release(SourceRun? run)
    {
        if (run is not null)
        {
            var content = new SourceContent(run.Addresses);
            _users[content] = UsersOf(content) - 1;
        }
    }

    public void Dispose()
    {
        _followed.ForEach(nodes.Release);
        _followed.Clear();
    }

    private int UsersOf(SourceContent content) => _users.TryGetValue(content, out var users) ? users : sources.UsersOf(content);
}
