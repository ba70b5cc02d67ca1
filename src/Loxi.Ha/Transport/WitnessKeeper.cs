using System.Diagnostics.CodeAnalysis;

namespace Loxi.Ha.Transport;

/// <summary>Asks a witness, for each group one thing after the other. Called by one thread.</summary>
/// <param name="witness">The witness.</param>
/// <param name="nodeId">The own node id.</param>
/// <param name="told">Gets what it granted: the group, the number of the question, until when.</param>
/// <param name="failed">Gets what it threw.</param>
internal sealed class WitnessKeeper(IRoleWitness witness, ushort nodeId, Action<string, long, TimeSpan> told, Action<Exception, string> failed)
{
    private readonly Dictionary<string, Queue> _groups = new(StringComparer.Ordinal);

    /// <summary>Asks for the lease, unless a question is on its way.</summary>
    /// <param name="group">The group.</param>
    /// <param name="number">Told with the answer, so that one to a question of before a release is known.</param>
    public void Acquire(string group, long number)
    {
        var queue = Of(group);
        if (!queue.Acquires)
        {
            queue.Acquires = true;
            queue.Last = AcquireAsync(queue, group, number);
        }
    }

    /// <summary>Gives the lease back, after what was asked for before.</summary>
    public void Release(string group)
    {
        var queue = Of(group);
        queue.Last = ReleaseAsync(queue.Last, group);
    }

    private Queue Of(string group) => _groups.TryGetValue(group, out var queue) ? queue : _groups[group] = new Queue();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever a witness throws, the lease is not granted; it is logged and asked for again.")]
    private async Task AcquireAsync(Queue queue, string group, long number)
    {
        var until = TimeSpan.Zero;
        try
        {
            await queue.Last.ConfigureAwait(false);
            until = await witness.AcquireAsync(group, nodeId).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failed(e, group);
        }

        queue.Acquires = false;
        told(group, number, until);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The lease ends by itself; it is logged.")]
    private async Task ReleaseAsync(Task before, string group)
    {
        await before.ConfigureAwait(false);
        try
        {
            await witness.ReleaseAsync(group, nodeId).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failed(e, group);
        }
    }

    private sealed class Queue
    {
        private volatile bool _acquires;

        public Task Last { get; set; } = Task.CompletedTask;

        public bool Acquires
        {
            get => _acquires;
            set => _acquires = value;
        }
    }
}
