namespace Loxi.Ha.Sync.Engine;

/// <summary>One channel with a peer, from the connection on.</summary>
internal sealed class SyncStream<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    /// <summary>There is a connection.</summary>
    public bool Connected;

    public bool OpenSent;

    /// <summary>The peer has opened it.</summary>
    public bool Opened;

    /// <summary>It was opened by a run of the peer that is over, or something in it was wrong: nothing is sent or heard any more.</summary>
    public bool Dead;

    public ulong Sent;
    public ulong Received;

    /// <summary>The last frame whose records are in the table.</summary>
    public ulong Applied;


    /// <summary>Something came for whose acknowledgement the peer waits; an acknowledgement is not.</summary>
    public bool AckDue;
    public ulong Acked;
    public ISyncRecordWriter<TKey, TValue>? Writer;
    public ISyncRecordReader<TKey, TValue>? Reader;

    public bool Runs => Connected && Opened && !Dead;

    /// <summary>The run of this node that the peer is to see.</summary>
    public ulong Incarnation;

    public void Connect(ISyncSchema<TKey, TValue> schema, ulong incarnation)
    {
        Incarnation = incarnation;
        Connected = true;
        OpenSent = Opened = Dead = false;
        AckDue = false;
        Sent = Received = Applied = Acked = 0;
        Writer = schema.CreateWriter();
        Reader = schema.CreateReader();
    }

    public void Disconnect()
    {
        Connected = Opened = false;
        Writer = null;
        Reader = null;
    }
}
