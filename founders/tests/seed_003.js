// The four functions of seed 003, "Example Usage with Axios", as written there, run by node against a live server.
// Arguments: the server's address, a token, a founder's ID, two admins' IDs. Prints what they returned, as JSON.

const [server, token, founder, first, second] = process.argv.slice(2);

const localStorage = { getItem: (name) => (name === 'token' ? token : null) };

// As much of axios as the functions use, over fetch: 2xx resolves with {data}, everything else rejects.
const send = async (method, url, body, { headers }) => {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const response = await fetch(server + url, { method, headers: { ...type, ...headers }, ...sent });
  const data = await response.json();
  if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { response: { data } });
  return { data };
};
const axios = {
  get: (url, config) => send('GET', url, undefined, config),
  delete: (url, config) => send('DELETE', url, undefined, config),
  post: (url, body, config) => send('POST', url, body, config),
};

// --- seed 003 ---
// Assign admins to a founder
const assignAdminsToFounder = async (founderId, adminIds) => {
  try {
    const token = localStorage.getItem('token');
    const response = await axios.post(
      '/api/v1/assignments',
      {
        founderId,
        adminIds
      },
      {
        headers: {
          Authorization: `Bearer ${token}`
        }
      }
    );
    return response.data;
  } catch (error) {
    console.error('Error assigning admins:', error);
    throw error;
  }
};

// Get admins assigned to a founder
const getAssignedAdmins = async (founderId) => {
  try {
    const token = localStorage.getItem('token');
    const response = await axios.get(
      `/api/v1/assignments?founderId=${founderId}`,
      {
        headers: {
          Authorization: `Bearer ${token}`
        }
      }
    );
    return response.data;
  } catch (error) {
    console.error('Error fetching assigned admins:', error);
    throw error;
  }
};

// Get founders assigned to an admin
const getAssignedFounders = async (adminId) => {
  try {
    const token = localStorage.getItem('token');
    const response = await axios.get(
      `/api/v1/assignments/founders?adminId=${adminId}`,
      {
        headers: {
          Authorization: `Bearer ${token}`
        }
      }
    );
    return response.data;
  } catch (error) {
    console.error('Error fetching assigned founders:', error);
    throw error;
  }
};

// Delete a specific assignment
const deleteAssignment = async (adminId, founderId) => {
  try {
    const token = localStorage.getItem('token');
    const response = await axios.delete(
      `/api/v1/assignments/${adminId}/${founderId}`,
      {
        headers: {
          Authorization: `Bearer ${token}`
        }
      }
    );
    return response.data;
  } catch (error) {
    console.error('Error deleting assignment:', error);
    throw error;
  }
};
// --- end of seed 003 ---

const run = async () => {
  const results = [
    await assignAdminsToFounder(founder, [first, second]),
    await getAssignedAdmins(founder),
    await getAssignedFounders(first),
    await deleteAssignment(first, founder),
    await getAssignedAdmins(founder),
  ];
  console.error = () => {};
  results.push(await deleteAssignment(first, founder).catch((error) => error.response.data));
  console.log(JSON.stringify(results));
};

run();
