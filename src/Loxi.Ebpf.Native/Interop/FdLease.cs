using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

/// <summary>Holds a descriptor open while a system call uses its number, so that a concurrent Dispose cannot let the number be reused.</summary>
internal ref struct FdLease
{
    private readonly SafeHandle _handle;
    private bool _held;

    public FdLease(SafeHandle handle)
    {
        _handle = handle;
        handle.DangerousAddRef(ref _held);
        Fd = (int)handle.DangerousGetHandle();
    }

    public int Fd { get; }

    public void Dispose()
    {
        if (_held)
        {
            _held = false;
            _handle.DangerousRelease();
        }
    }
}
