namespace Loxi.Core.Connections;

/// <summary>Why a record is no connection that there can be.</summary>
public enum ConnectionRecordProblem : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>It is of another format.</summary>
    Format = 1,

    /// <summary>The operation is not known.</summary>
    Operation = 2,

    /// <summary>The protocol is not known.</summary>
    Protocol = 3,

    /// <summary>The protocol has no such state.</summary>
    State = 4,

    /// <summary>A trait is not known, or does not go with the others or with the protocol.</summary>
    Traits = 5,

    /// <summary>Families of the addresses and <see cref="ConnectionTraits.CrossFamily"/> contradict each other.</summary>
    Family = 6,

    /// <summary>An address is zero, loopback, multicast or reserved.</summary>
    Address = 7,

    /// <summary>A port is zero, or one of ICMP is not.</summary>
    Port = 8,

    /// <summary>Direct server return with another source, or another port of the endpoint, than the client uses; or in a tunnel, and the node has no address towards the endpoint.</summary>
    Direct = 9,

    /// <summary>The age is negative or above <see cref="ConnectionRecord.MaxAge"/>.</summary>
    Age = 10,

    /// <summary>The counter of the version is 0.</summary>
    Version = 11,
}
