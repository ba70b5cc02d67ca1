using System.Buffers.Binary;
using System.Globalization;
using Loxi.TestKit.Interop;

namespace Loxi.TestKit.Topology;

/// <summary>
/// Puts an 802.1Q tag on all that an interface sends and takes it off what it receives, by two TC programs: works on
/// kernels without VLAN devices and without the VLAN action.
/// </summary>
public static class VlanTagger
{
    private const int Exists = 17;
    private const int SkbVlanPush = 18;
    private const int SkbVlanPop = 19;

    /// <summary>Attaches both programs; they go with the interface.</summary>
    /// <param name="vlan">VLAN id, 1 to 4094.</param>
    public static void Attach(LabHost host, string device, int vlan)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (vlan is < 1 or > 4094)
        {
            throw new ArgumentOutOfRangeException(nameof(vlan), vlan, "VLAN id: expected 1 to 4094");
        }

        // A tag is carried beside the frame when the sender's device could insert it. It cannot here: the tag is in the bytes.
        host.Exec("ethtool", "-K", device, "txvlan", "off");
        host.Run(() =>
        {
            CreateHooks(device);
            AttachProgram(device, Libbpf.Egress, "lab_vlan_push",
            [
                // bpf_skb_vlan_push(skb, htons(ETH_P_8021Q), tci)
                Instruction(0xb7, 2, BinaryPrimitives.ReverseEndianness((ushort)0x8100)),
                Instruction(0xb7, 3, vlan),
                Instruction(0x85, 0, SkbVlanPush),
                Instruction(0xb7, 0, 0),
                Instruction(0x95, 0, 0),
            ]);
            AttachProgram(device, Libbpf.Ingress, "lab_vlan_pop",
            [
                // bpf_skb_vlan_pop(skb); a frame without a tag passes as it is
                Instruction(0x85, 0, SkbVlanPop),
                Instruction(0xb7, 0, 0),
                Instruction(0x95, 0, 0),
            ]);
        });
    }

    // struct bpf_insn { u8 code; u8 dst:4, src:4; s16 off; s32 imm; }
    private static ulong Instruction(byte code, int destination, int immediate)
        => code | ((ulong)destination << 8) | ((ulong)(uint)immediate << 32);

    private static unsafe void AttachProgram(string device, int point, string name, ulong[] instructions)
    {
        int program;
        fixed (ulong* first = instructions)
        {
            program = Check(Libbpf.ProgramLoad(Libbpf.SchedCls, name, "Dual BSD/GPL", first, instructions.Length, null), $"load {name}");
        }

        try
        {
            var hook = Hook(device, point);
            var options = new Libbpf.TcOptions { Size = sizeof(Libbpf.TcOptions), ProgramFd = program };
            _ = Check(Libbpf.TcAttach(&hook, &options), $"attach {name} to {device}");
        }
        finally
        {
            _ = Libc.Close(program);
        }
    }

    private static unsafe void CreateHooks(string device)
    {
        var hook = Hook(device, Libbpf.Ingress | Libbpf.Egress);
        var created = Libbpf.HookCreate(&hook);
        if (created != -Exists)
        {
            _ = Check(created, $"clsact on {device}");
        }
    }

    private static unsafe Libbpf.TcHook Hook(string device, int point) => new()
    {
        Size = sizeof(Libbpf.TcHook),
        InterfaceIndex = (int)Libc.InterfaceIndex(device),
        AttachPoint = point,
    };

    private static int Check(int result, string what) => result >= 0
        ? result
        : throw new LabException(string.Create(CultureInfo.InvariantCulture, $"{what}: errno {-result}"));
}
