namespace Loxi.Ha.Sync.Wire;

/// <summary>Why a frame was refused. Its stream must be closed then: what comes after it cannot be trusted.</summary>
public enum SyncFrameProblem : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>Shorter than a header, or than its kind needs.</summary>
    TooShort = 1,

    /// <summary>Longer than the longest frame.</summary>
    TooLong = 2,

    /// <summary>The length in it is not that of the frame.</summary>
    WrongLength = 3,

    /// <summary>Of another version of the protocol.</summary>
    UnknownVersion = 4,

    /// <summary>No kind of frame, or one of the other channel.</summary>
    UnknownKind = 5,

    /// <summary>Flags that there are not, or octets that must be 0 and are not.</summary>
    WrongHeader = 6,

    /// <summary>The term has more than 24 bits.</summary>
    WrongTerm = 7,

    /// <summary>Not the incarnation that the stream was opened with.</summary>
    WrongIncarnation = 8,

    /// <summary>The stream is opened by a former run of the peer.</summary>
    StaleIncarnation = 9,

    /// <summary>Not the sequence after the last one: replayed, lost or out of order.</summary>
    WrongSequence = 10,

    /// <summary>Says that a frame was applied that was not sent.</summary>
    WrongAck = 11,

    /// <summary>The dictionary's epoch is neither that of the frame before nor the next one.</summary>
    WrongEpoch = 12,

    /// <summary>The first frame does not open the stream.</summary>
    NotOpened = 13,

    /// <summary>A second frame opens it.</summary>
    OpenedTwice = 14,

    /// <summary>Opened by something that does not speak this protocol.</summary>
    NotSync = 15,

    /// <summary>The records are of another kind, or hashed otherwise.</summary>
    WrongSchema = 16,

    /// <summary>Opened by another node than the peer that was expected.</summary>
    WrongNode = 17,

    /// <summary>Meant for another node.</summary>
    WrongPeer = 18,

    /// <summary>Opened as the other channel.</summary>
    WrongChannel = 19,

    /// <summary>What must be equal on all nodes is not (<see cref="Engine.SyncSettings.Layout"/>).</summary>
    WrongLayout = 20,

    /// <summary>There is no such bucket, or the record belongs to another one.</summary>
    WrongBucket = 21,

    /// <summary>A record cannot be read; <see cref="SyncRecordProblem"/> says why.</summary>
    WrongRecord = 22,

    /// <summary>More or fewer records than the header says.</summary>
    WrongCount = 23,
}
