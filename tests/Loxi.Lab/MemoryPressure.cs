using System.Runtime.InteropServices;

namespace Loxi.Lab;

/// <summary>
/// The memory of a node that is full, and its garbage: slabs as large as a million routes and a million connections take, a million objects a second that
/// do not live long, and a forced full collection each second.
/// </summary>
internal sealed class MemoryPressure : IDisposable
{
    private const int Records = 1_000_000;
    private const int ObjectsPerTurn = 10_000;
    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _collection = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Record[] _routes = new Record[Records];
    private readonly Record[] _connections = new Record[Records];
    private readonly Thread _garbage;
    private readonly Thread _collector;

    internal MemoryPressure()
    {
        _garbage = new Thread(MakeGarbage) { IsBackground = true, Name = "garbage" };
        _collector = new Thread(Collect) { IsBackground = true, Name = "collector" };
        _garbage.Start();
        _collector.Start();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _garbage.Join();
        _collector.Join();
        _stop.Dispose();
    }

    private void MakeGarbage()
    {
        var at = 0;
        while (!_stop.Token.WaitHandle.WaitOne(_turn))
        {
            for (var i = 0; i < ObjectsPerTurn; i++)
            {
                var made = new object[2];
                at = (at + 7919) % Records;
                _routes[at].First = made.Length;
                _connections[at].Last = i;
            }
        }
    }

    private void Collect()
    {
        while (!_stop.Token.WaitHandle.WaitOne(_collection))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        }
    }

    /// <summary>As a route or a connection takes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Record
    {
        public long First;
        public long Last;
    }
}
