namespace Loxi.Ebpf.Native.Maps;

/// <summary>Handles a record of a ring buffer.</summary>
/// <param name="record">Bytes of the record, 8-byte aligned, valid during the call only.</param>
public delegate void RingBufferRecordHandler(ReadOnlySpan<byte> record);
