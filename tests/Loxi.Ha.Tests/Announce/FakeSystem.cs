using System.Net.Sockets;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Loxi.Linux.Netlink;

namespace Loxi.Ha.Tests.Announce;

/// <summary>A machine with <c>lo</c> (1) and <c>eth0</c> (2), 192.0.2.1/24 and 2001:db8::1/64.</summary>
internal sealed class FakeSystem : IAnnounceSystem
{
    internal static readonly LinkLayerAddress Mac = LinkLayerAddress.Parse("02:00:5e:00:53:01");

    private readonly List<byte[]> _queue = [];
    private Action<int> _changed = static _ => { };

    internal List<Link> Links { get; } =
    [
        new() { Index = 1, Name = "lo", HardwareType = 772, Flags = LinkFlags.Up | LinkFlags.Running | LinkFlags.Loopback },
        new() { Index = 2, Name = "eth0", HardwareType = 1, HardwareAddress = Mac, Flags = LinkFlags.Up | LinkFlags.Running | LinkFlags.Broadcast },
    ];

    internal List<Address> Addresses { get; } = [new(2, InternetAddress.Parse("192.0.2.1"), 24), new(2, InternetAddress.Parse("2001:db8::1"), 64)];

    internal List<byte[]> Sent { get; } = [];

    internal Func<AddressChange, int> Answer { get; set; } = static _ => 0;

    internal HashSet<LinkLayerAddress> Neighbours { get; } = [];

    internal int Route { get; set; }

    internal int SendError { get; set; }

    internal bool IsBroken { get; set; }

    /// <summary>What reading throws instead of an answer.</summary>
    internal Exception? ReadFailure { get; set; }

    /// <summary>After how many changes of a batch the kernel does not answer any more.</summary>
    internal int? ChangesUntilFailure { get; set; }

    internal int ArpIgnoreOfAll { get; set; }

    internal int NeighbourReads { get; private set; }

    internal int Flushes { get; private set; }

    internal bool IsDisposed { get; private set; }

    public ClaimInbox Inbox { get; } = new();

    public TimeSpan LastBatch => default;

    public void Listen(Action<int> changed, Action<Claim> heard, Action<Exception, string> failed) => _changed = changed;

    public void Dispose() => IsDisposed = true;

    internal int FailedReads { get; private set; }

    public LinkView Read()
    {
        if (!IsBroken && ReadFailure is null)
        {
            return new([.. Links], [.. Addresses], ArpIgnoreOfAll);
        }

        FailedReads++;
        throw ReadFailure ?? new LinuxException("list links", Errno.ENOMEM);
    }

    public int Change(ReadOnlySpan<AddressChange> changes, Span<int> errors)
    {
        var refused = 0;
        for (var i = 0; i < changes.Length; i++)
        {
            if (i == ChangesUntilFailure)
            {
                throw new LinuxException("change addresses", Errno.ENOBUFS);
            }

            errors[i] = Answer(changes[i]);
            if (errors[i] != 0)
            {
                refused++;
            }
            else if (changes[i].IsRemoval)
            {
                var gone = changes[i].Address;
                Addresses.RemoveAll(a => a.InterfaceIndex == gone.InterfaceIndex && a.Local == gone.Local && a.PrefixLength == gone.PrefixLength);
            }
            else
            {
                Addresses.Add(changes[i].Address);
            }
        }

        return refused;
    }

    public int LinkTo(InternetAddress address) => Addresses.Exists(a => a.Local == address) ? 0 : Route;

    public HashSet<LinkLayerAddress> FindNeighbours(int interfaceIndex, IReadOnlySet<InternetAddress> addresses)
    {
        NeighbourReads++;
        return IsBroken ? throw new LinuxException("read neighbour", Errno.ENOMEM) : [.. Neighbours];
    }

    public void Queue(int interfaceIndex, ReadOnlySpan<byte> frame) => _queue.Add(frame.ToArray());

    public (int Sent, int Failed, int Error) Flush()
    {
        Flushes++;
        var count = _queue.Count;
        if (SendError == 0)
        {
            Sent.AddRange(_queue);
        }

        _queue.Clear();
        return SendError == 0 ? (count, 0, 0) : (0, count, SendError);
    }

    internal void Change(int down = 0) => _changed(down);

    internal int CountOf(AddressFamily family) => Sent.Count(f => (f[12] == 8) == (family == AddressFamily.InterNetwork));
}
